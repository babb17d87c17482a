// swift-tools-version: 6.2
import PackageDescription

// What speed is measured with. It stands on the SDK's public API, as a user does. Without the trait `HTTP` only the core and stdio are built,
// which takes about a minute: `swift build -c release --disable-default-traits`.
let http: TargetDependencyCondition = .when(traits: ["HTTP"])!

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
                .product(name: "MCPHTTPServer", package: "swift-mcp", condition: http),
                .product(name: "Hummingbird", package: "hummingbird", condition: http),
            ]),
        .target(name: "CAllocations"),
        .executableTarget(
            name: "bench-core",
            dependencies: [
                "EchoServer", "CAllocations",
                .product(name: "MCPCore", package: "swift-mcp"),
                .product(name: "MCPStdio", package: "swift-mcp"),
            ]),
        .executableTarget(name: "kernel-calls", dependencies: ["EchoServer"]),
    ],
    swiftLanguageModes: [.v6]
)
