import HTTPTypes
import MCPCore

/// A scripted MCP server that demands authorization (basic/authorization; RFC 9728, RFC 6750).
struct ProtectedResource: ServerScript {
    enum Verdict: Sendable {
        case admitted
        /// - Parameter challenge: The parameters of `WWW-Authenticate`, `resource_metadata` aside.
        case refused(status: Int, challenge: KeyValuePairs<String, String>, headers: [(String, String)] = [])
    }

    static let pathMetadata = "/.well-known/oauth-protected-resource/mcp"
    static let rootMetadata = "/.well-known/oauth-protected-resource"

    var run: AuthorizationRun
    /// Where the metadata stand.
    var metadataPath = Self.pathMetadata
    /// Whether challenges say where.
    var announcesMetadata = true
    /// The `resource` of the metadata.
    var resource: String
    var scopesSupported: [String]?
    var authorizationServers: @Sendable () -> [String]
    /// The scheme of challenges.
    var scheme = "Bearer"
    /// The scopes that the challenge to a request without a token names.
    var announcedScopes: [String] = []
    /// The scopes that a message needs.
    var requiredScopes: @Sendable (ClientMessage) -> [String] = { _ in [] }
    /// Whether `initialize` and notifications need a token too.
    var guardsOpening = true
    /// Judges in place of the rules here; `nil` leaves it to them.
    var judge: @Sendable (ClientMessage, PresentedToken?) -> Verdict? = { _, _ in nil }
    /// What is behind the door.
    var server: StandardServer

    init(_ run: AuthorizationRun) {
        self.run = run
        resource = run.endpoint
        authorizationServers = { [run.issuer.issuer] }
        server = StandardServer(
            run: run.client, tools: [StandardServer.tool("test-tool", "Needs authorization.")],
            call: { call, server in server.text("test", to: call.message) })
    }

    func answer(_ request: HTTPRequest) async throws -> ScriptedAnswer {
        let path = request.path ?? "/"
        guard !path.hasPrefix("/mcp") else { return try await server.answer(request) }
        guard path == metadataPath else { return .http(status: 404, body: "") }
        var document: JSONObject = [
            "resource": .string(resource), "authorization_servers": .array(authorizationServers().map(JSONValue.string)),
            "bearer_methods_supported": ["header"],
        ]
        if let scopesSupported { document["scopes_supported"] = .array(scopesSupported.map(JSONValue.string)) }
        return .http(status: 200, headers: [("content-type", "application/json")], body: JSONValue.object(document).serializedString)
    }

    func answer(_ message: ClientMessage) async throws -> ScriptedAnswer {
        switch verdict(on: message) {
        case .admitted: return try await server.answer(message)
        case .refused(let status, let challenge, let headers): return refusal(status, challenge, headers)
        }
    }

    private func verdict(on message: ClientMessage) -> Verdict {
        let presented = PresentedToken(message)
        if !guardsOpening, message.method == "initialize" || message.method?.hasPrefix("notifications/") == true { return .admitted }
        if let verdict = judge(message, presented) { return verdict }
        guard let presented else { return Self.demand(announcedScopes) }
        guard presented.scheme.lowercased() == "bearer", let access = run.access(presented.token), isForHere(access) else {
            return .refused(status: 401, challenge: ["error": "invalid_token"])
        }
        let required = requiredScopes(message)
        guard required.allSatisfy(access.scopes.contains) else {
            return .refused(status: 403, challenge: ["error": "insufficient_scope", "scope": required.joined(separator: " ")])
        }
        return .admitted
    }

    /// The answer to a message without a token.
    static func demand(_ scopes: [String] = []) -> Verdict {
        scopes.isEmpty ? .refused(status: 401, challenge: [:]) : .refused(status: 401, challenge: ["scope": scopes.joined(separator: " ")])
    }

    /// Whether a token is for this server. One that names no audience is let in: what a client says of it is a check of its own.
    private func isForHere(_ access: AuthorizationServer.Access) -> Bool {
        guard let audience = access.resource else { return true }
        return [run.endpoint, run.client.origin, run.client.origin + "/"].contains(audience)
    }

    private func refusal(_ status: Int, _ challenge: KeyValuePairs<String, String>, _ headers: [(String, String)]) -> ScriptedAnswer {
        var parameters = challenge.map { "\($0.key)=\"\($0.value)\"" }
        if announcesMetadata { parameters.append("resource_metadata=\"\(run.client.origin)\(metadataPath)\"") }
        let field = parameters.isEmpty ? scheme : "\(scheme) \(parameters.joined(separator: ", "))"
        return .http(
            status: status, headers: headers + [("www-authenticate", field), ("content-type", "application/json")],
            body: JSONValue.object(["error": .string(challenge.first { $0.key == "error" }?.value ?? "invalid_token")]).serializedString)
    }
}
