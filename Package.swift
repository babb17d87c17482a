// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

// Traits decide what a consumer fetches: `Macros` brings swift-syntax, `HTTP` brings NIO and what stands on it,
// `Authorization` adds jwt-kit to that, `Tracing` brings swift-distributed-tracing, `Applications` brings what only the reference servers and the orchestrator
// use. All are on by default.
let macros: TargetDependencyCondition = .when(traits: ["Macros"])!
let http: TargetDependencyCondition = .when(traits: ["HTTP"])!
let authorization: TargetDependencyCondition = .when(traits: ["Authorization"])!
let tracing: TargetDependencyCondition = .when(traits: ["Tracing"])!
let applications: TargetDependencyCondition = .when(traits: ["Applications"])!

func external(_ product: String, _ package: String, _ condition: TargetDependencyCondition) -> Target.Dependency {
    .product(name: product, package: package, condition: condition)
}

let package = Package(
    name: "swift-mcp",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "MCPCore", targets: ["MCPCore"]),
        .library(name: "MCPMacros", targets: ["MCPMacros"]),
        .library(name: "MCPFoundation", targets: ["MCPFoundation"]),
        .library(name: "MCPStdio", targets: ["MCPStdio"]),
        .library(name: "MCPHTTP", targets: ["MCPHTTP"]),
        .library(name: "MCPHTTPServer", targets: ["MCPHTTPServer"]),
        .library(name: "MCPHTTPClient", targets: ["MCPHTTPClient"]),
        .library(name: "MCPAuthorization", targets: ["MCPAuthorization"]),
        .library(name: "MCPTransport", targets: ["MCPTransport"]),
        .library(name: "MCPTracing", targets: ["MCPTracing"]),
        .executable(name: "query-server", targets: ["query-server"]),
        .executable(name: "email-server", targets: ["email-server"]),
        .executable(name: "orchestrator", targets: ["orchestrator"]),
        .executable(name: "conformance-server", targets: ["conformance-server"]),
        .executable(name: "conformance-client", targets: ["conformance-client"]),
        .executable(name: "mcp-conformance", targets: ["mcp-conformance"]),
    ],
    traits: [
        .trait(name: "Macros", description: "@Schema, @Toolbox and @Tool (fetches swift-syntax)."),
        .trait(name: "HTTP", description: "Streamable HTTP, server and client (fetches NIO, Hummingbird, async-http-client)."),
        .trait(name: "Authorization", description: "OAuth for clients and servers (fetches jwt-kit).", enabledTraits: ["HTTP"]),
        .trait(name: "Tracing", description: "Traces of requests with swift-distributed-tracing."),
        .trait(name: "Applications", description: "The reference servers and the orchestrator."),
        .default(enabledTraits: ["Macros", "HTTP", "Authorization", "Tracing", "Applications"]),
    ],
    dependencies: [
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: SDK
        .target(name: "MCPQueues"),
        .target(name: "MCPCore", dependencies: ["MCPQueues"]),
        .target(name: "MCPMacros", dependencies: ["MCPCore", .target(name: "MCPMacrosPlugin", condition: macros)]),
        .macro(
            name: "MCPMacrosPlugin",
            dependencies: [
                "MCPMacrosExpansion",
                external("SwiftSyntaxMacros", "swift-syntax", macros),
                external("SwiftCompilerPlugin", "swift-syntax", macros),
            ]),
        .target(name: "MCPMacrosExpansion", dependencies: [external("SwiftSyntaxMacros", "swift-syntax", macros)]),
        .target(name: "MCPFoundation", dependencies: ["MCPCore"]),
        .target(name: "CSpawn"),
        .target(name: "MCPWorkers", dependencies: ["MCPQueues"], path: "Sources/MCPTransport/Workers"),
        .target(name: "MCPStdio", dependencies: ["MCPCore", "MCPQueues", "MCPWorkers", "CSpawn"], path: "Sources/MCPTransport/Stdio"),
        .target(
            name: "MCPHTTP",
            dependencies: [
                "MCPCore", "MCPQueues", "MCPWorkers", external("Crypto", "swift-crypto", http), external("HTTPTypes", "swift-http-types", http),
            ],
            path: "Sources/MCPTransport/HTTP"),
        .target(
            name: "MCPHTTPServer",
            dependencies: [
                "MCPHTTP", "MCPWorkers",
                external("Hummingbird", "hummingbird", http),
                external("HummingbirdCore", "hummingbird", http),
                external("NIOCore", "swift-nio", http),
                external("NIOHTTP1", "swift-nio", http),
                external("NIOHTTPTypes", "swift-nio-extras", http),
                external("NIOHTTPTypesHTTP1", "swift-nio-extras", http),
                external("NIOPosix", "swift-nio", http),
                external("Logging", "swift-log", http),
                external("ServiceLifecycle", "swift-service-lifecycle", http),
            ],
            path: "Sources/MCPTransport/HTTPServer"),
        .target(
            name: "MCPHTTPClient",
            dependencies: [
                "MCPHTTP", "MCPQueues",
                external("AsyncHTTPClient", "async-http-client", http),
                external("NIOCore", "swift-nio", http),
                external("NIOHTTP1", "swift-nio", http),
                external("Tracing", "swift-distributed-tracing", http),
            ],
            path: "Sources/MCPTransport/HTTPClient"),
        .target(name: "MCPAuthorizationParsing", dependencies: ["MCPCore"], path: "Sources/MCPTransport/AuthorizationParsing"),
        .target(
            name: "MCPAuthorization",
            dependencies: [
                "MCPAuthorizationParsing", "MCPHTTP", "MCPHTTPClient",
                external("AsyncHTTPClient", "async-http-client", authorization),
                external("Crypto", "swift-crypto", authorization),
                external("HTTPTypes", "swift-http-types", authorization),
                external("JWTKit", "jwt-kit", authorization),
                external("NIOCore", "swift-nio", authorization),
                external("NIOHTTP1", "swift-nio", authorization),
                external("NIOPosix", "swift-nio", authorization),
            ],
            path: "Sources/MCPTransport/Authorization"),
        .target(
            name: "MCPTransport",
            dependencies: [
                "MCPCore", "MCPStdio", "MCPWorkers",
                .target(name: "MCPHTTPServer", condition: http),
                .target(name: "MCPHTTPClient", condition: http),
            ],
            path: "Sources/MCPTransport/Umbrella"),
        .target(name: "MCPTracing", dependencies: ["MCPCore", external("Tracing", "swift-distributed-tracing", tracing)]),

        // MARK: Reference servers
        .target(
            name: "ServerCommand",
            dependencies: [
                "MCPTransport", "MCPAuthorization",
                external("ArgumentParser", "swift-argument-parser", applications),
                external("Configuration", "swift-configuration", applications),
                external("Logging", "swift-log", applications),
                external("UnixSignals", "swift-service-lifecycle", applications),
            ]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(
            name: "QueryServer",
            dependencies: [
                "MCPTransport", "MCPMacros", "ServerCommand", "CLibPQ",
                external("GRDB", "GRDB.swift", applications),
                external("GRDBSQLite", "GRDB.swift", applications),
            ]),
        .target(
            name: "EmailServer",
            dependencies: [
                "MCPTransport", "MCPMacros", "ServerCommand",
                external("ArgumentParser", "swift-argument-parser", applications),
                external("Logging", "swift-log", applications),
            ]),
        .executableTarget(name: "query-server", dependencies: ["QueryServer"], path: "Sources/Commands/query-server"),
        .executableTarget(name: "email-server", dependencies: ["EmailServer"], path: "Sources/Commands/email-server"),

        // MARK: Conformance
        .target(name: "ConformanceSchemas", dependencies: ["MCPCore"], path: "Conformance/Schemas"),
        .target(name: "ConformanceFixtures", dependencies: ["MCPMacros"], path: "Conformance/Fixtures"),
        .executableTarget(
            name: "conformance-server",
            dependencies: [
                "ConformanceFixtures", "ConformanceMutants", "MCPAuthorization", "MCPTransport",
                external("ArgumentParser", "swift-argument-parser", applications),
            ],
            path: "Conformance/Commands/conformance-server"),
        .target(
            name: "ConformanceClientMutants",
            dependencies: [
                "MCPCore", "MCPHTTPClient",
                external("AsyncHTTPClient", "async-http-client", applications),
                external("Crypto", "swift-crypto", applications),
                external("NIOCore", "swift-nio", applications),
            ],
            path: "Conformance/Mutants/Client"),
        .executableTarget(
            name: "conformance-client",
            dependencies: [
                "ConformanceClientMutants", "MCPTransport", "MCPAuthorization", external("ArgumentParser", "swift-argument-parser", applications),
                external("AsyncHTTPClient", "async-http-client", applications),
            ],
            path: "Conformance/Commands/conformance-client"),

        .target(
            name: "ConformanceSuite",
            dependencies: [
                "MCPCore", "ConformanceSchemas",
                external("AsyncHTTPClient", "async-http-client", applications),
                external("Crypto", "swift-crypto", applications),
                external("CryptoExtras", "swift-crypto", applications),
                external("NIOCore", "swift-nio", applications),
                external("NIOHTTP1", "swift-nio", applications),
                external("NIOPosix", "swift-nio", applications),
                external("Hummingbird", "hummingbird", applications),
                external("HTTPTypes", "swift-http-types", applications),
                external("Logging", "swift-log", applications),
            ],
            path: "Conformance/Suite"),
        .target(
            name: "ConformanceMutants",
            dependencies: [
                "ConformanceFixtures", "MCPAuthorization", "MCPCore", "MCPHTTPServer",
                external("Hummingbird", "hummingbird", applications),
                external("HTTPTypes", "swift-http-types", applications),
                external("Logging", "swift-log", applications),
                external("NIOCore", "swift-nio", applications),
            ],
            path: "Conformance/Mutants/Server"),
        .executableTarget(
            name: "mcp-conformance",
            dependencies: ["ConformanceSchemas", "ConformanceSuite", external("ArgumentParser", "swift-argument-parser", applications)],
            path: "Conformance/Commands/mcp-conformance"),

        // MARK: Orchestrator
        .target(
            name: "Orchestrator",
            dependencies: [
                "MCPTransport", "MCPAuthorization", "ServerCommand",
                external("Hummingbird", "hummingbird", applications),
                external("NIOCore", "swift-nio", applications),
                external("NIOHTTP1", "swift-nio", applications),
                external("NIOPosix", "swift-nio", applications),
                external("NIOWebSocket", "swift-nio", applications),
                external("AsyncHTTPClient", "async-http-client", applications),
                external("Crypto", "swift-crypto", applications),
                external("GRDB", "GRDB.swift", applications),
                external("ArgumentParser", "swift-argument-parser", applications),
                external("Configuration", "swift-configuration", applications),
                external("Logging", "swift-log", applications),
            ],
            resources: [.copy("Web/Public")]),
        .executableTarget(name: "orchestrator", dependencies: ["Orchestrator"], path: "Sources/Commands/orchestrator"),

        // MARK: Tests
        .target(name: "CSanitizedMutex", path: "Tests/Fixtures/CSanitizedMutex"),
        .target(name: "TestSupport", dependencies: ["MCPCore", "CSanitizedMutex"], path: "Tests/TestSupport"),
        .testTarget(name: "MCPCoreTests", dependencies: ["MCPCore", "MCPQueues", "ConformanceFixtures", "TestSupport"]),
        .testTarget(
            name: "ConformanceClientTests",
            dependencies: ["ConformanceClientMutants", "ConformanceSuite", "MCPCore", "TestSupport", "conformance-client", "mcp-conformance"]),
        .testTarget(name: "ConformanceSchemasTests", dependencies: ["ConformanceSchemas", "MCPCore", "TestSupport"]),
        .testTarget(
            name: "MCPMacrosTests",
            dependencies: [
                "MCPMacros", "MCPMacrosExpansion", "TestSupport",
                external("SwiftSyntaxMacrosGenericTestSupport", "swift-syntax", macros),
            ]),
        .testTarget(name: "MCPFoundationTests", dependencies: ["MCPFoundation", "MCPMacros", "TestSupport"]),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "MCPAuthorization", "MCPFoundation", "MCPHTTP", "MCPMacros", "MCPTracing", "MCPTransport", "stdio-fixture",
                external("HTTPTypes", "swift-http-types", http),
                external("Tracing", "swift-distributed-tracing", tracing),
            ]),
        .testTarget(name: "ReadmeTests", dependencies: ["MCPTransport", "MCPMacros"]),
        .testTarget(
            name: "MCPHTTPHandlerTests",
            dependencies: ["MCPHTTP", "ConformanceFixtures", "TestSupport", external("HTTPTypes", "swift-http-types", http)]),
        .target(name: "StdioFixtures", dependencies: ["MCPCore", "CSanitizedMutex"], path: "Tests/Fixtures/StdioFixtures"),
        .executableTarget(name: "stdio-fixture", dependencies: ["MCPStdio", "StdioFixtures"], path: "Tests/Fixtures/stdio-fixture"),
        .testTarget(name: "MCPStdioTests", dependencies: ["MCPStdio", "MCPWorkers", "StdioFixtures", "stdio-fixture", "TestSupport"]),
        .testTarget(
            name: "MCPHTTPTests",
            dependencies: [
                "MCPHTTPServer", "MCPHTTPClient", "ConformanceFixtures", "TestSupport",
                external("AsyncHTTPClient", "async-http-client", http),
                external("Hummingbird", "hummingbird", http),
                external("NIOCore", "swift-nio", http),
                external("HTTPTypes", "swift-http-types", http),
                external("NIOEmbedded", "swift-nio", http),
                external("NIOHTTP1", "swift-nio", http),
                external("NIOHTTPTypes", "swift-nio-extras", http),
                external("NIOPosix", "swift-nio", http),
            ]),
        .testTarget(
            name: "MCPAuthorizationTests",
            dependencies: [
                "MCPAuthorization", "MCPAuthorizationParsing", "MCPHTTPServer", "MCPHTTPClient", "ConformanceFixtures", "TestSupport",
                external("AsyncHTTPClient", "async-http-client", authorization),
                external("Crypto", "swift-crypto", authorization),
                external("CryptoExtras", "swift-crypto", authorization),
                external("HTTPTypes", "swift-http-types", authorization),
                external("JWTKit", "jwt-kit", authorization),
                external("NIOCore", "swift-nio", authorization),
                external("NIOHTTP1", "swift-nio", authorization),
                external("NIOPosix", "swift-nio", authorization),
            ]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "ConformanceSuite", "ConformanceMutants", "conformance-server", "conformance-client", "mcp-conformance", "TestSupport",
            ]),
        .testTarget(
            name: "MCPTracingTests",
            dependencies: ["MCPTracing", "TestSupport", external("Tracing", "swift-distributed-tracing", tracing)]),
        .testTarget(name: "QueryServerTests", dependencies: ["QueryServer", "query-server", "TestSupport"]),
        .executableTarget(name: "mail-store-writer", dependencies: ["EmailServer"], path: "Tests/Fixtures/mail-store-writer"),
        .testTarget(name: "EmailServerTests", dependencies: ["EmailServer", "email-server", "mail-store-writer", "TestSupport"]),
        .testTarget(
            name: "OrchestratorTests",
            dependencies: [
                "Orchestrator", "ConformanceFixtures", "MCPAuthorization", "MCPHTTPServer", "TestSupport", "conformance-server", "stdio-fixture",
                "query-server", "email-server",
                external("AsyncHTTPClient", "async-http-client", applications),
                external("Hummingbird", "hummingbird", applications),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// Nobody imports this by itself but `Fuzz`, which would else build all that MCPAuthorization stands on; `scripts/fuzz` says so.
if Context.environment["MCP_FUZZ"] != nil {
    package.products.append(.library(name: "MCPAuthorizationParsing", targets: ["MCPAuthorizationParsing"]))
}

// `MCP_ONLY=MCPCoreTests,MCPStdioTests swift test` builds only these targets and what they need.
if let only = Context.environment["MCP_ONLY"] {
    var kept: Set<String> = []
    func keep(_ name: String) {
        guard let target = package.targets.first(where: { $0.name == name }), kept.insert(name).inserted else { return }
        for dependency in target.dependencies {
            switch dependency {
            case .targetItem(let name, _), .byNameItem(let name, _): keep(name)
            default: break
            }
        }
    }
    only.split(separator: ",").forEach { keep(String($0)) }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { !kept.contains($0.name) }
    let used = Set(
        package.targets.flatMap(\.dependencies).compactMap { dependency -> String? in
            if case .productItem(_, let package, _, _) = dependency { package?.lowercased() } else { nil }
        })
    package.dependencies.removeAll { dependency in
        guard case .sourceControl(_, let location, _) = dependency.kind else { return false }
        return !used.contains { location.lowercased().hasSuffix("/" + $0) }
    }
}
