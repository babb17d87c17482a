import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import MCPAuthorization
import MCPCore
import MCPHTTP
import MCPHTTPServer
import NIOCore
import Synchronization

@testable import Orchestrator

/// An MCP server that demands authorization and the authorization server that it names, on one port. The person is the test.
final class ProtectedPlace: Sendable {
    struct State {
        var responder: MCPResponder?
        /// What has been issued, and whether the MCP server takes it.
        var accessTokens: [String: Bool] = [:]
        var refreshTokens: Set<String> = []
        var codes: [String: String] = [:]
        var grants: [String] = []
        var redirectURIs: [String] = []
        /// Whether tokens that are issued from now on are taken.
        var takesTokens = true
        var refusesRegistration = false
        var count = 0
    }

    let state = Mutex(State())
    private let address = Mutex("")
    var origin: String { address.withLock { $0 } }
    var url: String { "\(origin)/mcp" }
    var host: String { String(origin.dropFirst("http://".count)) }
    var entry: ServerEntry { ServerEntry(name: "vault", place: .http(url: url, headers: [:]), isTrusted: true) }

    /// Serves while `body` runs, and answers nobody after it.
    static func serving(_ body: @escaping @Sendable (ProtectedPlace) async throws -> Void) async throws {
        let place = ProtectedPlace()
        let (addresses, source) = AsyncStream.makeStream(of: String.self)
        let logger = Logger(label: "place", factory: { _ in SwiftLogNoOpLogHandler() })
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in try await place.respond(to: request) }, server: .mcp(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { channel in source.yield("http://127.0.0.1:\(channel.localAddress?.port ?? 0)") }, logger: logger)
        // Not ended before the process ends: Hummingbird and NIO stop the program where an application is cancelled while it takes a connection in.
        let running = Task {
            do { try await application.run() } catch { source.finish() }
        }
        for await address in addresses {
            try place.open(at: address)
            defer { place.state.withLock { $0.responder?.shutdown() } }
            return try await body(place)
        }
        await running.value
        throw RawSocketError(description: "the place cannot listen")
    }

    private func open(at origin: String) throws {
        address.withLock { $0 = origin }
        let protection = try ResourceServer(resource: url, authorizationServers: [origin], scopesSupported: ["read"], verifier: Issued(place: self))
        let server = Server("vault", version: "1.0.0") {
            ServerTool(Tool(name: "read", inputSchema: ["type": "object"])) { _, context in
                CallToolResult(text: context.peer.principal?.id ?? "nobody")
            }
        }
        let responder = try MCPResponder(server, configuration: HTTPHandlerConfiguration(authorization: protection))
        state.withLock { $0.responder = responder }
    }

    private struct Issued: AccessTokenVerifier {
        let place: ProtectedPlace
        func verify(_ token: SecretText) throws -> VerifiedAccessToken {
            guard place.state.withLock({ $0.accessTokens[token.reveal()] }) == true else { throw AccessTokenRejection("it is unknown") }
            return VerifiedAccessToken(principalID: "ada", scopes: ["read"])
        }
    }

    /// Access tokens that are there are taken no longer.
    func expireTokens() { state.withLock { for token in $0.accessTokens.keys { $0.accessTokens[token] = false } } }
    func forgetRefreshTokens() { state.withLock { $0.refreshTokens = [] } }
    /// How tokens were asked for, in order.
    var grants: [String] { state.withLock { $0.grants } }

    // MARK: The person

    /// The path and query that a browser comes back with, after the person has agreed or has not.
    func answer(to address: String, with answer: [String: String?] = [:]) throws -> (path: String, query: String, state: String) {
        guard let parts = URLComponents(string: address), address.hasPrefix("\(origin)/authorize?") else {
            throw RawSocketError(description: "not the authorization endpoint: \(address)")
        }
        let asked = Dictionary((parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { first, _ in first }
        guard let redirect = asked["redirect_uri"].flatMap(URLComponents.init(string:)), let state = asked["state"], asked["code_challenge_method"] == "S256",
            asked["resource"] == url
        else { throw RawSocketError(description: "not as it should be: \(address)") }
        let code = self.state.withLock { state in
            state.count += 1
            state.codes["code-\(state.count)"] = asked["redirect_uri"]
            return "code-\(state.count)"
        }
        var fields: [String: String?] = ["code": code, "state": state, "iss": origin]
        fields.merge(answer) { $1 }
        var query = URLComponents()
        query.queryItems = fields.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
        return (redirect.path, query.percentEncodedQuery ?? "", fields["state"]?.flatMap { $0 } ?? "")
    }

    // MARK: HTTP

    private func respond(to request: Request) async throws -> Response {
        switch request.uri.path {
        case "/.well-known/oauth-authorization-server":
            return Self.json(
                [
                    "issuer": .string(origin), "authorization_endpoint": .string("\(origin)/authorize"), "token_endpoint": .string("\(origin)/token"),
                    "registration_endpoint": .string("\(origin)/register"), "code_challenge_methods_supported": ["S256"],
                    "token_endpoint_auth_methods_supported": ["none"], "authorization_response_iss_parameter_supported": true,
                ])
        case "/register":
            let body = try JSONValue(parsing: [UInt8](try await request.body.collect(upTo: 65536).readableBytesView))
            guard let uri = body["redirect_uris"]?[0]?.string, !state.withLock({ $0.refusesRegistration }) else {
                return Self.json(["error": "invalid_client_metadata", "error_description": "Nobody registers today"], status: .badRequest)
            }
            let id = state.withLock { state in
                state.redirectURIs.append(uri)
                return "client-\(state.redirectURIs.count)"
            }
            return Self.json(["client_id": .string(id), "redirect_uris": [.string(uri)]], status: .created)
        case "/token": return token(String(buffer: try await request.body.collect(upTo: 65536)))
        default:
            guard let responder = state.withLock({ $0.responder }) else { return Response(status: .serviceUnavailable) }
            return try await responder.respond(to: request)
        }
    }

    private func token(_ body: String) -> Response {
        var form = URLComponents()
        form.percentEncodedQuery = body
        let fields = Dictionary((form.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { first, _ in first }
        return state.withLock { state in
            state.grants.append(fields["grant_type"] ?? "")
            let isGood =
                switch fields["grant_type"] {
                case "authorization_code": fields["code"].flatMap { state.codes.removeValue(forKey: $0) } == fields["redirect_uri"]
                case "refresh_token": fields["refresh_token"].flatMap { state.refreshTokens.remove($0) } != nil
                default: false
                }
            guard isGood else { return Self.json(["error": "invalid_grant"], status: .badRequest) }
            state.count += 1
            let (access, refresh) = ("s3cret-access-\(state.count)", "s3cret-refresh-\(state.count)")
            state.accessTokens[access] = state.takesTokens
            state.refreshTokens.insert(refresh)
            return Self.json(
                ["access_token": .string(access), "token_type": "Bearer", "expires_in": 3600, "refresh_token": .string(refresh)])
        }
    }

    private static func json(_ object: JSONObject, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: object.serialized())))
    }
}
