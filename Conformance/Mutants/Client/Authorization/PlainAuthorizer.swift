import Crypto
import Foundation
import MCPCore
import MCPHTTPClient

/// Signs a client in the plainest way that satisfies the specification, but for one fault.
///
/// It shares nothing with `MCPAuthorization`: without a fault it passes the scenarios too, which are therefore about no one implementation.
public actor PlainAuthorizer: HTTPRequestAuthorizer {
    /// What a sign-in has come to.
    struct Session {
        var issuer: String
        var token: String
        var refreshToken: String?
        var isBound: Bool
        var scopes: [String]
    }

    let server: String
    /// The scenario says by its name which grant is to be used.
    let scenario: String
    let context: JSONObject
    let fault: SignInFault?
    /// Goes to an authorization page, and gives the address that it is sent back to.
    let visit: @Sendable (String) async throws -> String
    let key = P256.Signing.PrivateKey()
    var session: Session?
    /// What was registered, by issuer.
    var registrations: [String: JSONObject] = [:]
    /// By origin.
    var nonces: [String: String] = [:]
    private var firstProof: String?

    static let redirectURI = "http://localhost:3000/callback"
    static let metadataURL = "https://conformance-test.local/client-metadata.json"
    /// How often one request is sent anew.
    private static let mostAttempts = 3

    public init(
        server: String, scenario: String, context: JSONObject, fault: SignInFault?, visit: @escaping @Sendable (String) async throws -> String
    ) {
        self.server = server
        self.scenario = scenario
        self.context = context
        self.fault = fault
        self.visit = visit
    }

    public func headers(for request: HTTPRequestTarget, after refusal: HTTPRefusal?) async throws -> [(name: String, value: String)]? {
        guard let refusal else { return fault == .forgetsToken ? [] : try headers(request) }
        let challenge = refusal.challenges.first ?? ""
        let error = SignInText.parameter("error", of: challenge)
        if error == "use_dpop_nonce", let nonce = refusal.header("dpop-nonce"), fault != .ignoresNonces {
            nonces[SignInText.parts(server).origin] = nonce
            return try headers(request)
        }
        guard refusal.status == 401 || (error == "insufficient_scope" && fault != .noStepUp) else { return nil }
        if let session, refusal.sent("authorization") == nil, fault == .forgetsToken, !session.token.isEmpty { return try headers(request) }
        // Twice refused with a new token: another one changes nothing.
        if refusal.status == 401, refusal.attempt > 2 { return nil }
        guard refusal.attempt <= Self.mostAttempts || fault == .endlessStepUp else { return nil }
        session = try await signIn(challenge, isStepUp: refusal.status == 403)
        return try headers(request)
    }

    private func headers(_ request: HTTPRequestTarget) throws -> [(name: String, value: String)] {
        guard let session else { return [] }
        guard session.isBound, fault != .boundAsBearer else { return [("authorization", "Bearer \(session.token)")] }
        var proof = try proof(method: request.method, url: request.url, token: session.token)
        if fault == .oneProofForAll {
            proof = firstProof ?? proof
            firstProof = proof
        }
        return [("authorization", "DPoP \(session.token)"), ("dpop", proof)]
    }

    private func signIn(_ challenge: String, isStepUp: Bool) async throws -> Session {
        let found = try await discover(challenge)
        let scopes = scopes(challenge, found, isStepUp: isStepUp)
        if !isStepUp, let renewed = try await renewed(found) { return renewed }
        let bindsToken = challenge.lowercased().hasPrefix("dpop") && found.issuer["dpop_signing_alg_values_supported"] != nil
        switch scenario {
        case "auth/client-credentials-basic", "auth/client-credentials-jwt":
            return try await token([("grant_type", "client_credentials")], found, scopes: scopes, binds: bindsToken)
        case "auth/enterprise-managed-authorization": return try await enterprise(found, scopes: scopes)
        case "auth/wif-jwt-bearer", "auth/wif-refused":
            let assertion = Self.bearer(try context.decode(fault == .foreignAssertion ? "wrong_audience_jwt" : "valid_jwt"))
            do { return try await token(assertion, found, scopes: scopes, binds: bindsToken) } catch let error as SignInError {
                guard fault == .asksAgainAfterRefusal else { throw error }
                return try await token(assertion, found, scopes: scopes, binds: bindsToken)
            }
        default: return try await code(found, scopes: scopes, binds: bindsToken)
        }
    }

    /// The session with a new token, where its issuer has given a refresh token, and takes it.
    private func renewed(_ found: Discovery) async throws -> Session? {
        guard let session, let refreshToken = session.refreshToken, session.issuer == found.issuer["issuer"]?.string else { return nil }
        do {
            var renewed = try await token(
                [("grant_type", "refresh_token"), ("refresh_token", refreshToken)], found, scopes: session.scopes, binds: session.isBound, scopesInForm: false)
            if fault == .oneRefreshTokenForAll { renewed.refreshToken = refreshToken }
            return renewed
        } catch is SignInError { return nil }
    }

    private func scopes(_ challenge: String, _ found: Discovery, isStepUp: Bool) -> [String] {
        let named = fault == .ignoresChallengeScopes ? nil : SignInText.parameter("scope", of: challenge)
        let listed = fault == .ignoresSupportedScopes ? nil : found.resource["scopes_supported"]?.array?.compactMap(\.string)
        var scopes = named.map { $0.split(separator: " ").map(String.init) } ?? listed ?? []
        if isStepUp, fault != .narrowStepUp, let session { scopes = session.scopes + scopes.filter { !session.scopes.contains($0) } }
        if scopes.isEmpty, fault == .inventsScopes { scopes = ["mcp:everything"] }
        let offersOffline = found.issuer["scopes_supported"]?.array?.contains("offline_access") == true
        if !scopes.isEmpty, !scopes.contains("offline_access"), offersOffline || fault == .offlineUnoffered { scopes.append("offline_access") }
        return scopes
    }

    // MARK: Grants

    static func bearer(_ assertion: String) -> [(String, String)] {
        [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]
    }

    private func code(_ found: Discovery, scopes: [String], binds: Bool) async throws -> Session {
        let issuer: String = try found.issuer.decode("issuer")
        let client = try await client(found)
        let (state, verifier) = (fault == .oneState ? "state" : SignInText.random(), SignInText.random())
        let isPlain = fault == .plainChallenge
        var query: [(String, String)] = [
            ("response_type", "code"), ("client_id", try client.decode("client_id")), ("redirect_uri", Self.redirectURI), ("state", state),
            ("code_challenge", isPlain ? verifier : SignInText.hash(verifier)), ("code_challenge_method", isPlain ? "plain" : "S256"),
        ]
        if fault != .noResource { query.append(("resource", try found.resource.decode("resource"))) }
        if !scopes.isEmpty { query.append(("scope", scopes.joined(separator: " "))) }
        let location = try await visit("\(try found.issuer.decode("authorization_endpoint", as: String.self))?\(SignInText.form(query))")
        guard SignInText.field("state", of: location) == state || fault == .anyState else { throw SignInError("the response is to another request") }
        try checkIssuer(of: location, issuer, isAnnounced: found.issuer["authorization_response_iss_parameter_supported"] == true)
        guard let code = SignInText.field("code", of: location) else { throw SignInError("the response has no code") }
        return try await token(
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Self.redirectURI), ("code_verifier", verifier)], found, scopes: scopes,
            binds: binds, scopesInForm: false)
    }

    private func checkIssuer(of location: String, _ issuer: String, isAnnounced: Bool) throws {
        let expected = fault == .comparesResponseIssuerWithServer ? SignInText.parts(server).origin : issuer
        switch (SignInText.field("iss", of: location), fault) {
        case (_, .ignoresResponseIssuer): return
        case (_, .announcedResponseIssuerOnly) where !isAnnounced: return
        case (let found?, .normalizesResponseIssuer) where found == expected + "/": return
        case (let found?, _): guard found == expected else { throw SignInError("the response is of \(found)") }
        case (nil, _): guard !isAnnounced, fault != .demandsResponseIssuer else { throw SignInError("the response does not say of whom it is") }
        }
    }

    private func enterprise(_ found: Discovery, scopes: [String]) async throws -> Session {
        let identity: String = try context.decode("idp_id_token")
        guard fault != .skipsExchange else { return try await token(Self.bearer(identity), found, scopes: scopes, binds: false) }
        var form: [(String, String)] = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("requested_token_type", "urn:ietf:params:oauth:token-type:id-jag"),
            ("audience", try found.issuer.decode("issuer")), ("subject_token", identity), ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            ("client_id", try context.decode("idp_client_id")),
        ]
        if fault != .noResource { form.append(("resource", try found.resource.decode("resource"))) }
        let reply = try await SignInHTTP.post(
            try context.decode("idp_token_endpoint"), type: "application/x-www-form-urlencoded", SignInText.form(form))
        guard let grant = reply.body["access_token"]?.string else { throw SignInError("the identity provider refused: \(reply.body["error"] ?? .null)") }
        return try await token(Self.bearer(grant), found, scopes: scopes, binds: false)
    }
}
