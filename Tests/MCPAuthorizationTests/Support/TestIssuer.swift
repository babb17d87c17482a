import Crypto
import MCPAuthorizationParsing
import MCPCore
import Synchronization

@testable import MCPAuthorization

/// An MCP server's metadata and its authorization servers, in memory. It issues codes and tokens by the rules: what a client does wrong is refused.
final class TestIssuer: AuthorizationFetcher, AuthorizationUserAgent {
    struct Client: Sendable {
        var secret: String?
        var redirectURI: String?
    }

    struct State {
        /// Issuers, the ones that the server names first.
        var issuers = ["https://as.example"]
        /// Members of the metadata of all issuers, in place of the usual ones; null takes one away.
        var metadata: JSONObject = [:]
        var resourceMetadata: JSONObject = ["resource": "https://mcp.example/mcp"]
        var clients: [String: Client] = [:]
        /// Codes that have been given out, with what they are bound to.
        var codes: [String: FormBody] = [:]
        var refreshTokens: [String: String] = [:]
        var accessTokens: [String: (issuer: String, scope: String, thumbprint: String?)] = [:]
        var nonce: String?
        var count = 0
        var requests: [FetchRequest] = []
        var visits: [FormBody] = []
        /// Parameters of the next authorization responses, in place of the usual ones; an empty one is left out.
        var response: [String: String] = [:]
        var tokenTypeIsBearer = false
        var failingRefresh = false
        var issuesRefreshTokens = true
        /// What registrations are refused with.
        var registrationError: JSONObject?
        /// The targets of the requests that a protected server has had.
        var targets: [String] = []
    }

    let state = Mutex(State())
    let environment: AuthorizationEnvironment
    /// Holds every answer back until it is opened.
    let gate: (@Sendable () async -> Void)?

    init(environment: AuthorizationEnvironment = .system, gate: (@Sendable () async -> Void)? = nil) {
        self.environment = environment
        self.gate = gate
    }

    func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    var tokenRequests: [FormBody] { state.withLock { $0.requests.filter { $0.url.path == "/token" }.map(\.fields) } }
    var registrations: [JSONObject] {
        state.withLock {
            $0.requests.filter { $0.url.path == "/register" }.compactMap { request in
                if case .json(let bytes)? = request.body { (try? JSONValue(parsing: bytes))?.object } else { nil }
            }
        }
    }
    var paths: [String] { state.withLock { $0.requests.map { $0.url.text } } }

    // MARK: The fetcher

    func fetch(_ request: FetchRequest) async throws -> FetchReply {
        await gate?()
        try Task.checkCancellation()
        return state.withLock { state in
            state.requests.append(request)
            let issuer = state.issuers.first { request.url.text.hasPrefix($0) }
            switch request.url.path {
            case "/.well-known/oauth-protected-resource/mcp" where request.url.host == "mcp.example":
                var document: JSONObject = ["authorization_servers": .array(state.issuers.map(JSONValue.string))]
                document.merge(state.resourceMetadata)
                return Self.reply(200, document)
            case "/.well-known/oauth-authorization-server":
                guard let issuer else { return Self.reply(404, [:]) }
                return Self.reply(200, Self.metadata(issuer, state))
            case "/register": return Self.register(request, issuer ?? "", &state)
            case "/token": return Self.token(request, issuer ?? "", &state)
            default: return Self.reply(404, [:])
            }
        }
    }

    private static func reply(_ status: Int, _ body: JSONObject, headers: [(String, String)] = []) -> FetchReply {
        FetchReply(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: body.serialized())
    }

    private static func metadata(_ issuer: String, _ state: State) -> JSONObject {
        var document: JSONObject = [
            "issuer": .string(issuer), "authorization_endpoint": .string(issuer + "/authorize"), "token_endpoint": .string(issuer + "/token"),
            "registration_endpoint": .string(issuer + "/register"), "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "private_key_jwt"],
            "authorization_response_iss_parameter_supported": true, "dpop_signing_alg_values_supported": ["ES256"],
        ]
        document.merge(state.metadata)
        return document
    }

    private static func register(_ request: FetchRequest, _ issuer: String, _ state: inout State) -> FetchReply {
        guard case .json(let bytes)? = request.body, let body = (try? JSONValue(parsing: bytes))?.object,
            let redirectURI = body["redirect_uris"]?[0]?.string
        else { return reply(400, ["error": "invalid_client_metadata"]) }
        if let error = state.registrationError { return reply(400, error) }
        state.count += 1
        let id = "client-\(state.count) of \(issuer)"
        state.clients[id] = Client(redirectURI: redirectURI)
        return reply(201, ["client_id": .string(id), "redirect_uris": [.string(redirectURI)]])
    }

    private static func token(_ request: FetchRequest, _ issuer: String, _ state: inout State) -> FetchReply {
        let form = request.fields
        var thumbprint: String?
        if let proof = request.headers.first(where: { $0.name == "dpop" })?.value.flatMapProof {
            if let nonce = state.nonce, proof.claims["nonce"]?.string != nonce {
                return reply(400, ["error": "use_dpop_nonce"], headers: [("dpop-nonce", nonce)])
            }
            guard proof.claims["htu"]?.string == request.url.text, proof.claims["htm"] == "POST" else { return reply(400, ["error": "invalid_dpop_proof"]) }
            thumbprint = proof.header["jwk"]?.object?.keyThumbprint
        }
        let basic = request.headers.first { $0.name == "authorization" }?.value.split(separator: " ").last.flatMap { Base64.decode(String($0)) }
        let credentials = basic.map { String(decoding: $0, as: UTF8.self).split(separator: ":").map(String.init) }
        guard let id = credentials?.first ?? form["client_id"], let client = state.clients[id], client.secret == credentials?.last else {
            return reply(401, ["error": "invalid_client"])
        }
        func issue(_ scope: String) -> FetchReply {
            state.count += 1
            let (access, refresh) = ("access-\(state.count)", "refresh-\(state.count)")
            state.accessTokens[access] = (issuer, scope, thumbprint)
            state.refreshTokens[refresh] = scope
            let isBound = thumbprint != nil && !state.tokenTypeIsBearer
            var answer: JSONObject = ["access_token": .string(access), "token_type": isBound ? "DPoP" : "Bearer", "expires_in": 3600]
            if state.issuesRefreshTokens { answer["refresh_token"] = .string(refresh) }
            return reply(200, answer)
        }
        switch form["grant_type"] {
        case "authorization_code":
            guard let code = form["code"], let asked = state.codes.removeValue(forKey: code), asked["client_id"] == id,
                asked["redirect_uri"] == form["redirect_uri"], asked["resource"] == form["resource"],
                asked["code_challenge"] == form["code_verifier"].map({ PKCE(verifier: SecretText($0)).challenge })
            else { return reply(400, ["error": "invalid_grant"]) }
            return issue(asked["scope"] ?? "")
        case "refresh_token":
            // Each is good once.
            guard !state.failingRefresh, let token = form["refresh_token"], let scope = state.refreshTokens.removeValue(forKey: token) else {
                return reply(400, ["error": "invalid_grant"])
            }
            return issue(scope)
        case "client_credentials": return issue(form["scope"] ?? "")
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return form["assertion"] == "good" ? issue(form["scope"] ?? "") : reply(400, ["error": "invalid_grant"])
        case "urn:ietf:params:oauth:grant-type:token-exchange":
            guard form["subject_token"] == "id token", form["audience"] == "https://as.example", form["resource"] != nil,
                form["requested_token_type"] == "urn:ietf:params:oauth:token-type:id-jag"
            else { return reply(400, ["error": "invalid_request"]) }
            return reply(
                200, ["access_token": "good", "token_type": "N_A", "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag"])
        default: return reply(400, ["error": "unsupported_grant_type"])
        }
    }

    // MARK: The user agent

    func prepare(registered: String?) async throws -> any AuthorizationRedirect {
        Redirect(issuer: self, redirectURI: registered ?? "http://127.0.0.1:7/callback")
    }

    private struct Redirect: AuthorizationRedirect {
        let issuer: TestIssuer
        let redirectURI: String

        func visit(_ url: String, state: String) async throws -> String {
            await issuer.gate?()
            try Task.checkCancellation()
            return issuer.state.withLock { state in
                let asked = FormBody(parsing: String(url.split(separator: "?").last ?? "")) ?? FormBody()
                state.visits.append(asked)
                state.count += 1
                let code = "code-\(state.count)"
                state.codes[code] = asked
                var fields = ["code": code, "state": asked["state"] ?? "", "iss": String(url.prefix { $0 != "?" }.dropLast("/authorize".count))]
                fields.merge(state.response) { $1 }
                return redirectURI + "?" + FormBody(fields.filter { !$0.value.isEmpty }.map { ($0.key, $0.value) }).encoded
            }
        }

        func close() async {}
    }
}

extension FetchRequest {
    var fields: FormBody { if case .form(let form)? = body { form } else { FormBody() } }
}

extension String {
    fileprivate var flatMapProof: JSONWebSignature? { JSONWebSignature(parsing: self) }
}
