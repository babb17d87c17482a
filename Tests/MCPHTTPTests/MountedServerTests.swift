import ConformanceFixtures
import Hummingbird
import Logging
import MCPCore
import MCPHTTP
import MCPHTTPServer
import Testing

/// A server in an application that has a router of its own.
@Suite(.timeLimit(.minutes(2))) struct MountedServerTests {
    private static let faulty = MCPCore.Server("faulty", version: "1") {
        ServerTool(Tool(name: "same")) { _, _ in CallToolResult(text: "first") }
        ServerTool(Tool(name: "same")) { _, _ in CallToolResult(text: "second") }
    }

    @Test func aServerWithFaultsIsNotMounted() throws {
        let error = #expect(throws: ServerDefinitionError.self) { _ = try MCPResponder(Self.faulty) }
        #expect(error?.description.contains("same") == true)
        #expect(throws: ServerDefinitionError.self) { try Router().mcp("/mcp", Self.faulty) }
        #expect(throws: Never.self) { try Router().mcp("/mcp", FixtureServer.make()) }
    }

    @Test func theAnswerToHeadIsAHead() async throws {
        let router = Router()
        let responder = try router.mcp("/mcp", FixtureServer.make())
        router.on("/mcp", method: .head) { request, _ in try await responder.respond(to: request) }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, server: .mcp(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in listening.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let serving = Task { try await application.run() }
        for await port in ports {
            try await RawConnection.with("http://127.0.0.1:\(port)/mcp") { connection in
                for method in ["HEAD", "GET"] {
                    try await connection.write("\(method) /mcp HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAccept: text/event-stream\r\n\r\n")
                    if method == "HEAD" {
                        #expect(try await connection.read(through: "\r\n\r\n")?.contains(" 405 ") == true)
                    } else {
                        // What comes next is the next answer.
                        #expect(try await connection.answer()?.head.hasPrefix("HTTP/1.1 405 ") == true)
                    }
                }
            }
            break
        }
        serving.cancel()
        _ = await serving.result
        responder.shutdown()
    }
}
