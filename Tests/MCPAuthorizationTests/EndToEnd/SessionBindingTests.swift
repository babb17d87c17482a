import HTTPTypes
import MCPCore
import MCPHTTP
import Testing

@testable import MCPAuthorization

/// What a principal has begun belongs to it (2026-07-28, basic/security; 2025-11-25, "Session Hijacking").
@Suite struct SessionBindingTests {
    private struct Names: AccessTokenVerifier {
        func verify(_ token: SecretText) throws -> VerifiedAccessToken { VerifiedAccessToken(principalID: token.reveal(), scopes: nil) }
    }

    private func post(
        _ handler: StreamableHTTPHandler, _ method: String, token: String?, session: String? = nil, _ params: JSONObject = [:]
    ) async -> HTTPAnswer {
        var request = HTTPRequest(method: .post, scheme: "http", authority: "127.0.0.1:8080", path: "/mcp")
        request.headerFields = [.contentType: "application/json", .accept: "application/json, text/event-stream"]
        request.headerFields[.authorization] = token.map { "Bearer \($0)" }
        request.headerFields[.mcpSessionID] = session
        let message: JSONObject = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": .object(params)]
        return await handler.answer(request, body: message.serialized())
    }

    @Test func aSessionBelongsToWhoOpenedIt() async throws {
        let protection = try ResourceServer(
            resource: "http://127.0.0.1:8080/mcp", authorizationServers: ["https://as.example"], verifier: Names())
        let handler = StreamableHTTPHandler(server: ProtectedServer.server, configuration: HTTPHandlerConfiguration(authorization: protection))
        let parameters: JSONObject = ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]]
        #expect(await post(handler, "initialize", token: nil, parameters).status == .unauthorized)
        let opened = await post(handler, "initialize", token: "ada", parameters)
        let session = try #require(opened.headers[.mcpSessionID])
        #expect(await post(handler, "tools/list", token: "ada", session: session).status == .ok)
        // As if there were no such session.
        #expect(await post(handler, "tools/list", token: "eve", session: session).status == .notFound)
        #expect(await post(handler, "tools/list", token: nil, session: session).status == .unauthorized)
        var request = HTTPRequest(method: .delete, scheme: "http", authority: "127.0.0.1:8080", path: "/mcp")
        request.headerFields = [.authorization: "Bearer eve", .mcpSessionID: session]
        #expect(await handler.answer(request, body: []).status == .notFound)
        #expect(await post(handler, "tools/list", token: "ada", session: session).status == .ok)
    }
}
