import Hummingbird
import Logging
import MCPCore
import MCPHTTP
import MCPHTTPServer
import NIOCore

/// Serves an endpoint in the router of a server that has other paths too, on a free port, while `body` runs.
func withMountedServer<Value: Sendable>(
    _ server: MCPCore.Server, configuration: HTTPHandlerConfiguration = .init(), writeTimeout: TimeAmount = .seconds(60),
    _ body: @escaping @Sendable (_ url: String) async throws -> Value
) async throws -> Value {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let router = Router()
    router.get("/health") { _, _ in "well" }
    let responder = try router.mcp("/mcp", server, configuration: configuration)
    let application = Application(
        router: router, server: .mcp(writeTimeout: writeTimeout), configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
        onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            defer { responder.shutdown() }
            try await application.run()
            return nil
        }
        group.addTask {
            for await port in ports { return try await body("http://127.0.0.1:\(port)/mcp") }
            return nil
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}
