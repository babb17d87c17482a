// swift-tools-version: 6.2
import PackageDescription

// Fuzzing of whatever reads what strangers send. `scripts/fuzz` builds it with libFuzzer's instrumentation and links the driver.
let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    products: [.library(name: "FuzzTargets", type: .static, targets: ["FuzzTargets"])],
    dependencies: [.package(name: "swift-mcp", path: "..", traits: ["HTTP"])],
    targets: [
        .target(
            name: "FuzzTargets",
            dependencies: [
                .product(name: "MCPCore", package: "swift-mcp"),
                .product(name: "MCPHTTP", package: "swift-mcp"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
