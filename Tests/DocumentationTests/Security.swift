import HTTPTypes
import MCPHTTP
import MCPMacros
import Testing

// snippet: begin
/// What a server behind a public name allows. Everything else is refused before a handler runs.
func publicHandler(for server: Server, key: [UInt8], previousKey: [UInt8]) throws -> StreamableHTTPHandler {
    var configuration = HTTPHandlerConfiguration()
    configuration.allowedHosts = ["mcp.example.com"]
    configuration.allowedOrigins = ["https://app.example.com"]
    configuration.maximumBodyBytes = 1 << 20
    // Sealed with the first key, opened with any: keys can be changed while calls wait for an answer.
    let keys = try [key, previousKey].map(SealedRequestStateStore.Key.init(bytes:))
    configuration.requestStates = SealedRequestStateStore(keys: keys, lifetime: .seconds(600))
    return StreamableHTTPHandler(server: server, configuration: configuration)
}

/// Who asks comes from the authorization that was checked, and never from the request's own words.
func answer(_ request: HTTPRequest, _ body: [UInt8], from user: String, by handler: StreamableHTTPHandler) async -> HTTPAnswer {
    await handler.answer(request, body: body, principal: Principal(id: user))
}
// snippet: end

@Suite struct SecurityExamples {
    private func status(host: String, origin: String? = nil) async throws -> Int {
        let handler = try publicHandler(for: Server("safe", version: "1.0.0"), key: Array(0..<32), previousKey: Array(32..<64))
        defer { handler.shutdown() }
        var request = HTTPRequest(method: .post, scheme: "https", authority: host, path: "/mcp")
        request.headerFields[.contentType] = "application/json"
        request.headerFields[.accept] = "application/json, text/event-stream"
        request.headerFields[.origin] = origin
        let body =
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#
        return await answer(request, Array(body.utf8), from: "ada", by: handler).status.code
    }

    @Test func runs() async throws {
        #expect(try await status(host: "mcp.example.com") == 200)
        #expect(try await status(host: "mcp.example.com", origin: "https://app.example.com") == 200)
        #expect(try await status(host: "mcp.example.com", origin: "https://evil.example") == 403)
        #expect(try await status(host: "evil.example") != 200)
    }
}
