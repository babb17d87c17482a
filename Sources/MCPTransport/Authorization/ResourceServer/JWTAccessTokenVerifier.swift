import MCPAuthorizationParsing
import MCPCore

/// Accepts access tokens that are JWTs of one issuer, made for this server (RFC 9068; basic/authorization, "Token Handling").
public struct JWTAccessTokenVerifier: AccessTokenVerifier {
    private let issuer: String
    private let audiences: Set<String>
    private let keys: any VerificationKeySource
    private let algorithms: Set<String>
    private let clockSkew: Int64
    private let environment: AuthorizationEnvironment

    /// - Parameters:
    ///   - issuer: The issuer; its keys are found by its metadata and kept for a while.
    ///   - audiences: What this server is called in `aud`: its resource identifier.
    ///   - algorithms: What signatures may be made with, whatever the tokens and the key set say.
    ///   - clockSkew: By how many seconds clocks may differ.
    /// - Throws: `AuthorizationError.invalidURL`.
    public init(
        issuer: String, audiences: Set<String>, algorithms: Set<SignatureAlgorithm> = [.es256, .rs256, .ps256, .edDSA], clockSkew: Int64 = 60,
        addressPolicy: AddressPolicy? = nil, environment: AuthorizationEnvironment = .system
    ) throws {
        let url = try EndpointURL(issuer)
        let fetcher = GuardedFetcher(policy: addressPolicy ?? .automatic(for: url), trustedOrigins: [url.origin])
        let names = Set(algorithms.map(\.rawValue))
        self.init(
            issuer: issuer, audiences: audiences, keys: RemoteKeySet(issuer: issuer, algorithms: names, fetcher: fetcher, environment: environment),
            algorithms: names, clockSkew: clockSkew, environment: environment)
    }

    init(
        issuer: String, audiences: Set<String>, keys: any VerificationKeySource, algorithms: Set<String>, clockSkew: Int64,
        environment: AuthorizationEnvironment
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.keys = keys
        self.algorithms = algorithms
        self.clockSkew = clockSkew
        self.environment = environment
    }

    public func verify(_ token: SecretText) async throws -> VerifiedAccessToken {
        guard let parsed = JSONWebSignature(parsing: token.reveal()) else { throw AccessTokenRejection("it is no signed JWT") }
        guard let algorithm = parsed.algorithm, algorithms.contains(algorithm) else { throw AccessTokenRejection("its algorithm is not allowed") }
        // An ID token, a logout token or a DPoP proof of the same issuer is no access token (RFC 8725 section 3.11).
        let type = parsed.header["typ"]?.string?.lowercased() ?? "jwt"
        guard ["jwt", "at+jwt", "application/at+jwt"].contains(type) else { throw AccessTokenRejection("it is of another type than an access token") }
        let candidates = try await keys.candidates(algorithm: algorithm, keyID: parsed.keyID)
        guard candidates.contains(where: { parsed.isSigned(by: $0.verifier) }) else {
            throw AccessTokenRejection(candidates.isEmpty ? "its key is unknown" : "its signature is wrong")
        }
        let claims = TokenClaims(claims: parsed.claims, now: environment.now(), skew: clockSkew)
        try claims.check(issuer: issuer, audiences: audiences, isExpiryRequired: true)
        return try claims.verified(issuer: issuer)
    }
}

/// Where the keys of an issuer come from.
protocol VerificationKeySource: Sendable {
    func candidates(algorithm: String, keyID: String?) async throws -> [VerificationKey]
}
