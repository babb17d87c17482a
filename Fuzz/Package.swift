// swift-tools-version: 6.2
import PackageDescription

// Fuzzing of whatever reads what strangers send. `scripts/fuzz` builds it with libFuzzer's instrumentation and links the driver.
let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    products: [.library(name: "FuzzTargets", type: .static, targets: ["FuzzTargets"])],
    dependencies: [
        .package(name: "swift-mcp", path: "..", traits: ["HTTP"]),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        .target(
            name: "FuzzTargets",
            dependencies: [
                .product(name: "MCPCore", package: "swift-mcp"),
                .product(name: "MCPHTTP", package: "swift-mcp"),
                .product(name: "MCPAuthorizationParsing", package: "swift-mcp"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
