import MCPCore
import Synchronization

/// An authorization server that follows the rules, and refuses who does not; it signs everybody in at once.
///
/// It is for tests, and shares no code with the authorization of the SDK. No request does any harm beyond the process; nothing is kept.
public final class AuthorizationServer: Sendable {
    struct Client: Sendable {
        var known: AuthorizationServerFeatures.Client
        /// `nil` where the client has said nothing about it.
        var grants: [String]?
        /// Whether redirects must be those that are listed.
        var isStrict: Bool
    }

    struct Code: Sendable {
        var clientID: String
        var redirectURI: String
        var challenge: String
        var scopes: [String]
        var resource: String?
        var expires: Int64
    }

    /// An access token that was issued.
    struct Access: Sendable {
        var subject: String
        var clientID: String
        var scopes: [String]
        var resource: String?
        /// Of the key that it is bound to.
        var thumbprint: String?
        var expires: Int64
    }

    struct Refresh: Sendable {
        var access: Access
        /// The code that all of its line go back to.
        var line: String
        var isUsed = false
    }

    struct State {
        var clients: [String: Client] = [:]
        var codes: [String: Code] = [:]
        var access: [String: Access] = [:]
        var refresh: [String: Refresh] = [:]
        /// The lines of refresh tokens that have ended.
        var endedLines: Set<String> = []
        /// Assertions and proofs that were used.
        var usedIDs: Set<String> = []
        var record = AuthorizationRecord()
    }

    /// Scheme, host and port.
    public let origin: String
    public let features: AuthorizationServerFeatures
    public let key: TokenKey
    /// The nonce that proofs need.
    let nonce = "as-\(Base64URL.random())"
    let state: Mutex<State>

    /// - Throws: where no key can be made.
    public init(origin: String, features: AuthorizationServerFeatures = AuthorizationServerFeatures()) throws {
        self.origin = origin
        self.features = features
        key = try TokenKey()
        var clients: [String: Client] = [:]
        for client in features.clients { clients[client.id] = Client(known: client, isStrict: !client.redirectURIs.isEmpty) }
        state = Mutex(State(clients: clients))
    }

    public var issuer: String { origin + features.issuerPath }
    public var mint: TokenMint { TokenMint(issuer: issuer, key: key) }
    var record: AuthorizationRecord { state.withLock { $0.record } }

    /// What an access token stands for; `nil` for one that was not issued here or has expired.
    func access(_ token: String, now: Int64 = TokenClock.now()) -> Access? {
        state.withLock { state in state.access[token].flatMap { $0.expires > now ? $0 : nil } }
    }

    // MARK: Requests

    private static let longestRecord = 10_000

    public func respond(to request: OAuthRequest) async -> OAuthReply {
        note(request)
        if request.method == "GET", request.path.contains("/.well-known/") {
            let document = metadata(at: request.path)
            state.withLock { if $0.record.metadataPaths.count < Self.longestRecord { $0.record.metadataPaths.append(request.path) } }
            return document.map { .json(200, $0) } ?? .text(404, "There is no such document here.")
        }
        switch (request.method, request.path) {
        case ("GET", path("/jwks")): return .json(200, ["keys": [.object(key.jwk)]])
        case ("GET", path("/authorize")): return await authorize(request)
        case ("POST", path("/register")) where features.registers: return register(request)
        case ("POST", path("/token")): return await token(request)
        case ("POST", path("/introspect")): return introspect(request)
        default:
            state.withLock { if $0.record.strays.count < Self.longestRecord { $0.record.strays.append("\(request.method) \(request.path)") } }
            return .text(404, "Nothing is here.")
        }
    }

    func path(_ name: String) -> String { features.issuerPath + name }

    private func note(_ request: OAuthRequest) {
        state.withLock { state in
            guard state.record.texts.count < Self.longestRecord else { return }
            let basic = request.header("authorization").flatMap { BasicCredentials($0) }
            let fields = request.query.all + (request.form?.all ?? [])
            state.record.texts += fields.map(\.value) + [basic?.id, basic?.secret, request.header("authorization")].compactMap { $0 }
        }
    }

    /// Whether an access token is good (RFC 7662). Everybody may ask.
    private func introspect(_ request: OAuthRequest) -> OAuthReply {
        guard let token = request.form?["token"], let access = access(token) else { return .json(200, ["active": false]) }
        var answer: JSONObject = [
            "active": true, "iss": .string(issuer), "sub": .string(access.subject), "client_id": .string(access.clientID),
            "scope": .string(access.scopes.joined(separator: " ")), "exp": .integer(access.expires),
        ]
        if let resource = access.resource { answer["aud"] = .string(resource) }
        if let thumbprint = access.thumbprint { answer["cnf"] = ["jkt": .string(thumbprint)] }
        return .json(200, answer)
    }
}
