// swift-tools-version: 6.2
import PackageDescription

// A server over stdio that fetches and compiles nothing but the SDK's core: no trait of swift-mcp is on.
let package = Package(
    name: "stdio-server-example",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-mcp", path: "../..", traits: [])],
    targets: [
        .executableTarget(
            name: "greeter",
            dependencies: [
                .product(name: "MCPCore", package: "swift-mcp"),
                .product(name: "MCPStdio", package: "swift-mcp"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
