import ConformanceFixtures
import Logging
import MCPCore
import MCPHTTPServer
import Testing

/// What clients see of a server that is stopped.
@Suite(.timeLimit(.minutes(1))) struct StoppedServerTests {
    private static func post(_ method: String, _ params: JSONObject, to url: String) -> String {
        var params = params
        params["_meta"] = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:]]
        let body = JSONRPCRequest(id: 7, method: method, params: params).json.serializedString
        let host = url.dropFirst("http://".count).prefix { $0 != "/" }
        return """
            POST /mcp HTTP/1.1\r\nHost: \(host)\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
            MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: \(method)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
    }

    /// Its subscriptions end with their responses, and their streams as streams do, before the connections are closed.
    @Test func subscriptionsGetTheirResponses() async throws {
        let (addresses, found) = AsyncStream.makeStream(of: String.self)
        let transport = HTTPServerTransport(
            port: 0, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), onListening: { found.yield($0) })
        let server = FixtureServer.make()
        let serving = Task { try await server.serve(transport) }
        let url = try #require(await addresses.first { _ in true })
        try await RawConnection.with(url) { connection in
            try await connection.write(Self.post("subscriptions/listen", ["notifications": ["toolsListChanged": true]], to: url))
            #expect(try await connection.read(through: "notifications/subscriptions/acknowledged") != nil)
            serving.cancel()
            #expect(try await connection.read(through: "notifications/cancelled") != nil)
            #expect(try await connection.read(through: #""resultType":"complete""#) != nil)
            #expect(try await connection.read(through: "\r\n0\r\n\r\n") != nil)
            #expect(try await connection.read(through: "more") == nil)
        }
        _ = await serving.result
    }
}
