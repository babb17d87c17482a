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

    /// The paths of HTTP+SSE (2024-11-05) ask as the endpoint does.
    @Test func theOlderTransportAsksForTheTokenOfItsSessionToo() async throws {
        let protection = try ResourceServer(
            resource: "http://127.0.0.1:8080/mcp", authorizationServers: ["https://as.example"], verifier: Names())
        let handler = LegacySSEHandler(
            server: ProtectedServer.server, configuration: HTTPHandlerConfiguration(authorization: protection), messagePath: "/messages")
        func request(_ method: HTTPRequest.Method, _ path: String, _ token: String?) -> HTTPRequest {
            var request = HTTPRequest(method: method, scheme: "http", authority: "127.0.0.1:8080", path: path)
            request.headerFields = [.contentType: "application/json", .accept: "text/event-stream"]
            request.headerFields[.authorization] = token.map { "Bearer \($0)" }
            return request
        }
        let refused = await handler.open(request(.get, "/sse", nil))
        #expect(refused.status == .unauthorized && refused.headers[.wwwAuthenticate]?.hasPrefix("Bearer ") == true)
        guard case .stream(let stream) = await handler.open(request(.get, "/sse", "ada")).body, let first = await stream.next() else {
            Issue.record("no stream")
            return
        }
        let opening = String(decoding: first, as: UTF8.self)
        let path = try #require(opening.firstMatch(of: /data: (\S+)/).map { String($0.1) })
        let message: JSONObject = ["jsonrpc": "2.0", "id": 1, "method": "ping"]
        let ping = message.serialized()
        #expect(await handler.post(request(.post, path, nil), body: ping).status == .unauthorized)
        #expect(await handler.post(request(.post, path, "eve"), body: ping).status == .notFound)
        #expect(await handler.post(request(.post, path, "ada"), body: ping).status == .accepted)
        handler.shutdown()
    }
}
