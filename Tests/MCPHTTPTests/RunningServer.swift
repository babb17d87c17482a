import ConformanceFixtures
import Logging
import MCPCore
import MCPHTTP
import MCPHTTPServer
import Synchronization

/// Serves the fixtures on a free port while `body` runs.
/// - Parameter change: Changes the transport.
func withRunningServer<Value: Sendable>(
    _ server: Server = FixtureServer.make(), configuration: HTTPHandlerConfiguration = .init(), change: (inout HTTPServerTransport) -> Void = { _ in },
    _ body: @escaping @Sendable (_ url: String) async throws -> Value
) async throws -> Value {
    let (addresses, continuation) = AsyncStream.makeStream(of: String.self)
    var transport = HTTPServerTransport(
        port: 0, configuration: configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        onListening: { continuation.yield($0) })
    change(&transport)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { [transport] in
            try await server.serve(transport)
            return nil
        }
        group.addTask {
            for await url in addresses { return try await body(url) }
            return nil
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}
