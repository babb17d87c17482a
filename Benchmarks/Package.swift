// swift-tools-version: 6.2
import PackageDescription

// What speed is measured with. It stands on the SDK's public API, as a user does. Without the trait `HTTP` only the core and stdio are built,
// which takes about a minute: `swift build -c release --disable-default-traits --product bench-echo`.
let http: TargetDependencyCondition = .when(traits: ["HTTP"])!

// The server is linked as one that is deployed: with Swift's libraries in it, as `swift build --static-swift-stdlib` does it. It starts in half the time and holds
// less memory, because nothing is loaded and bound that it does not use. Said here, so that whoever builds this package measures the same program.
#if os(Linux)
let deployed: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-Xlinker", "--start-group"]
            + [
                "Foundation", "FoundationEssentials", "FoundationInternationalization", "CoreFoundation", "_FoundationICU", "_FoundationCShims",
                "_FoundationCollections", "stdc++", "swiftDispatch", "dispatch", "BlocksRuntime", "swiftSynchronization", "swift_RegexParser",
            ].map { "-l\($0)" } + ["-Xlinker", "--end-group"])
]
#else
let deployed: [LinkerSetting] = []
#endif

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    traits: [
        .trait(name: "HTTP", description: "What goes over HTTP."),
        .default(enabledTraits: ["HTTP"]),
    ],
    dependencies: [
        .package(name: "swift-mcp", path: "..", traits: [.trait(name: "HTTP", condition: .when(traits: ["HTTP"]))]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        .target(name: "EchoServer", dependencies: [.product(name: "MCPCore", package: "swift-mcp")]),
        .executableTarget(
            name: "bench-echo",
            dependencies: [
                "EchoServer",
                .product(name: "MCPStdio", package: "swift-mcp"),
                .product(name: "MCPHTTP", package: "swift-mcp", condition: http),
                .product(name: "MCPHTTPServer", package: "swift-mcp", condition: http),
                .product(name: "Hummingbird", package: "hummingbird", condition: http),
            ], linkerSettings: deployed),
        .target(name: "CAllocations"),
        .executableTarget(
            name: "bench-core",
            dependencies: [
                "EchoServer", "CAllocations",
                .product(name: "MCPCore", package: "swift-mcp"),
                .product(name: "MCPStdio", package: "swift-mcp"),
                .product(name: "MCPHTTPClient", package: "swift-mcp", condition: http),
            ]),
        .executableTarget(name: "kernel-calls", dependencies: ["EchoServer"]),
    ],
    swiftLanguageModes: [.v6]
)
