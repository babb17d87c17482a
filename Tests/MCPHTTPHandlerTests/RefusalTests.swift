import HTTPTypes
import MCPCore
import Testing

@testable import MCPHTTP

/// What is refused before a message is looked at, and what no era serves.
struct RefusalTests {
    @Test(arguments: [HTTPRequest.Method.put, .patch, .head, .options])
    func otherMethodsAreNotAllowed(_ method: HTTPRequest.Method) async throws {
        let answer = try await HandlerProbe().answer(method, [])
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "POST, GET, DELETE")
    }

    @Test func streamsAndEndsNeedASession() async throws {
        let probe = try HandlerProbe()
        #expect(try await probe.get(session: nil).status == .methodNotAllowed)
        #expect(try await probe.answer(.delete, []).status == .methodNotAllowed)
        #expect(try await probe.answer(.get, [("Accept", "application/json")]).status == .notAcceptable)
    }

    @Test(arguments: [nil, "text/plain", "application/jsonp", "application/vnd.api+json", ""])
    func onlyJSONIsTaken(_ type: String?) async throws {
        let headers = [("Accept", HandlerProbe.both)] + (type.map { [("Content-Type", $0)] } ?? [])
        #expect(try await HandlerProbe().answer(.post, headers).status == .unsupportedMediaType)
    }

    @Test(arguments: [nil, "application/json", "text/event-stream", "text/html, image/*", ""])
    func bothMediaTypesMustBeAcceptable(_ accept: String?) async throws {
        let headers = [("Content-Type", "application/json")] + (accept.map { [("Accept", $0)] } ?? [])
        #expect(try await HandlerProbe().answer(.post, headers).status == .notAcceptable)
    }

    @Test(arguments: ["*/*", "application/*, text/*", "Text/Event-Stream;q=0.5 , APPLICATION/JSON;q=1"])
    func rangesAreRead(_ accept: String) async throws {
        let headers = [("Content-Type", "Application/JSON; charset=utf-8"), ("Accept", accept)]
        let answer = try await HandlerProbe().answer(.post, headers, body: Array("{".utf8))
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32700)
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        let headers = [("Content-Type", "application/json"), ("Accept", HandlerProbe.both)]
        #expect(try await HandlerProbe().answer(.post, headers, body: nil).status == .contentTooLarge)
    }

    @Test(arguments: ["[]", "7", "{}", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#])
    func whatIsNoMessageIsRefused(_ body: String) async throws {
        let headers = [("Content-Type", "application/json"), ("Accept", HandlerProbe.both)]
        let answer = try await HandlerProbe().answer(.post, headers, body: Array(body.utf8))
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32600)
    }

    @Test func strangersAreRefusedBeforeAnythingElse() async throws {
        let probe = try HandlerProbe()
        #expect(try await probe.answer(.post, [], host: "evil.example:8080").status == .forbidden)
        #expect(try await probe.answer(.put, [("Origin", "http://evil.example")]).status == .forbidden)
    }

    static let guards: [(host: String?, origin: String?, isServed: Bool)] = [
        ("127.0.0.1:8080", nil, true), ("localhost", nil, true), ("LOCALHOST:1", nil, true), ("[::1]:8080", nil, true),
        ("[::1]", nil, true),
        (nil, nil, false), ("", nil, false), ("localhost.evil.example", nil, false), ("127.0.0.1.evil.example", nil, false),
        ("[::1]evil.example", nil, false), ("[::2]", nil, false), ("evil.example", nil, false), ("10.0.0.1:8080", nil, false),
        ("mcp.example.com", nil, true), ("mcp.example.com:9000", nil, true), ("MCP.Example.com", nil, true),
        ("other.example.com:443", nil, true), ("other.example.com", nil, false), ("other.example.com:80", nil, false),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", true), ("127.0.0.1:8080", "http://127.0.0.1:8081", false),
        ("127.0.0.1:8080", "http://localhost:8080", false), ("127.0.0.1:8080", "null", false),
        ("127.0.0.1:8080", "https://app.example.com", true), ("127.0.0.1:8080", "HTTPS://APP.example.com", true),
        ("127.0.0.1:8080", "http://app.example.com", false), ("127.0.0.1:8080", "https://app.example.com.evil.example", false),
        ("127.0.0.1:8080", "", false),
    ]

    @Test(arguments: guards)
    func hostsAndOrigins(_ row: (host: String?, origin: String?, isServed: Bool)) {
        let rules = RequestGuard(
            allowedHosts: ["mcp.example.com", "other.example.com:443"], allowedOrigins: ["https://app.example.com"])
        #expect((rules.refusal(host: row.host, origin: row.origin) == nil) == row.isServed)
    }
}
