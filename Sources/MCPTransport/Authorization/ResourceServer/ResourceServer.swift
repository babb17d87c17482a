import HTTPTypes
import MCPCore
import MCPHTTP

/// Protects an MCP endpoint: only requests with a token that is good for it are answered (basic/authorization of 2025-11-25 and 2026-07-28;
/// RFC 6750, RFC 9449, RFC 9728).
///
///     var configuration = HTTPHandlerConfiguration()
///     configuration.authorization = try ResourceServer(
///         resource: "https://mcp.example.com/mcp", authorizationServers: ["https://login.example.com"],
///         verifier: JWTAccessTokenVerifier(issuer: "https://login.example.com", audiences: ["https://mcp.example.com/mcp"]))
public struct ResourceServer: HTTPAuthorization {
    private let metadata: ProtectedResourceMetadata
    private let metadataURL: String
    private let metadataPath: String
    private let verifier: any AccessTokenVerifier
    private let dpop: DPoPVerifier
    private let report: @Sendable (String) -> Void

    /// - Parameters:
    ///   - resource: The URL of the endpoint as clients know it, which tokens name in `aud`. Behind a proxy, the outer one.
    ///   - authorizationServers: The issuers; none with static tokens.
    ///   - scopesSupported: What clients ask for at first: the fewest scopes that are of use.
    ///   - requiresDPoP: Whether tokens must be bound to a key of the client.
    ///   - dpopNonces: Whether the proofs of bound tokens must carry a nonce.
    ///   - report: Takes why tokens were refused, for the operator's log; never a token.
    /// - Throws: `AuthorizationError.invalidURL`; `.invalidKey` for a key of nonces that is too short.
    public init(
        resource: String, authorizationServers: [String], scopesSupported: [String]? = nil, name: String? = nil,
        requiresDPoP: Bool = false, dpopNonces: DPoPNonceUse = .none, verifier: any AccessTokenVerifier, environment: AuthorizationEnvironment = .system,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let url = try EndpointURL(resource)
        for issuer in authorizationServers { _ = try EndpointURL(issuer) }
        metadata = ProtectedResourceMetadata(
            resource: resource, authorizationServers: authorizationServers, scopesSupported: scopesSupported, resourceName: name,
            requiresDPoP: requiresDPoP, dpopAlgorithms: VerificationKey.algorithms.sorted())
        metadataURL = url.wellKnown(ProtectedResourceMetadata.wellKnownSuffix)
        metadataPath = "/.well-known/\(ProtectedResourceMetadata.wellKnownSuffix)\(url.trimmedPath)"
        self.verifier = verifier
        dpop = DPoPVerifier(resource: url, nonces: try DPoPNonceSource(dpopNonces, environment: environment), environment: environment)
        self.report = report
    }

    // MARK: What the endpoint asks

    /// The metadata, at the path that clients look at first (RFC 9728 section 3.1); none where nobody issues tokens that it could name.
    public var documents: [String: [UInt8]] { metadata.authorizationServers.isEmpty ? [:] : [metadataPath: metadata.json.serialized()] }

    public func authorize(_ request: HTTPRequest) async -> HTTPAuthorizationVerdict {
        let fields = request.headerFields[values: .authorization]
        guard let field = fields.first else { return .refused(challenge(.unauthorized)) }
        // The same request with two tokens is a malformed one (RFC 6750 section 2).
        guard fields.count == 1, let (scheme, token) = Self.credentials(field) else {
            return .refused(challenge(.badRequest, error: "invalid_request", "Send one Authorization header: a scheme, a space, a token"))
        }
        do {
            let verified = try await verifier.verify(token)
            try await checkBinding(verified, scheme: scheme, token: token, request)
            return .accepted(Principal(id: verified.principalID, scopes: verified.scopes, claims: verified.claims))
        } catch let rejection as AccessTokenRejection {
            // Every client begins without a nonce: that is nothing to report.
            if rejection.isOfNonce { return .refused(withNonce(challenge(.unauthorized, scheme: "DPoP", error: "use_dpop_nonce", "The proof needs a nonce"))) }
            report("A token was refused: \(rejection.reason)")
            if rejection.isOfProof {
                return .refused(withNonce(challenge(.unauthorized, scheme: "DPoP", error: "invalid_dpop_proof", "The DPoP proof is invalid")))
            }
            return .refused(challenge(.unauthorized, error: "invalid_token", "The access token is invalid, has expired, or is for another server"))
        } catch {
            // No fault of the client's: it must not throw its token away.
            report("Tokens cannot be verified: \(error)")
            return .refused(HTTPAnswer(status: .serviceUnavailable, headers: [.retryAfter: "5"]))
        }
    }

    public func insufficientScope(_ scopes: Set<String>) -> HTTPAnswer {
        challenge(.forbidden, error: "insufficient_scope", "The request needs further scopes", scopes: scopes)
    }

    private func checkBinding(_ verified: VerifiedAccessToken, scheme: String, token: SecretText, _ request: HTTPRequest) async throws {
        guard let thumbprint = verified.keyThumbprint else {
            guard scheme == "bearer", !metadata.requiresDPoP else { throw AccessTokenRejection("it is bound to no key") }
            return
        }
        // A bound token that came as a bearer token may have been stolen (RFC 9449 section 7.2).
        guard scheme == "dpop" else { throw AccessTokenRejection("it is bound to a key, and came without a proof") }
        let proofs = request.headerFields[values: Self.dpopField]
        guard proofs.count == 1 else { throw AccessTokenRejection(proof: "it came with \(proofs.count) proofs") }
        try await dpop.check(proofs[0], method: request.method.rawValue, token: token, keyThumbprint: thumbprint)
    }

    /// Gives the client the nonce of the next proof, where it needs one.
    private func withNonce(_ answer: HTTPAnswer) -> HTTPAnswer {
        var answer = answer
        answer.headers[Self.nonceField] = dpop.nonces?.nonce
        return answer
    }

    // MARK: Challenges

    private func challenge(
        _ status: HTTPResponse.Status, scheme: String? = nil, error: String? = nil, _ explanation: String? = nil, scopes: Set<String>? = nil
    ) -> HTTPAnswer {
        var parameters: [(String, String)] = []
        if !metadata.authorizationServers.isEmpty { parameters.append(("resource_metadata", metadataURL)) }
        let wanted = scopes?.sorted() ?? metadata.scopesSupported ?? []
        if !wanted.isEmpty { parameters.append(("scope", wanted.joined(separator: " "))) }
        if let error { parameters.append(("error", error)) }
        if let explanation { parameters.append(("error_description", explanation)) }
        let text = parameters.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ", ")
        var headers = HTTPFields()
        headers[.wwwAuthenticate] = (scheme ?? (metadata.requiresDPoP ? "DPoP" : "Bearer")) + (text.isEmpty ? "" : " \(text)")
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        // JSON-RPC, so that every MCP client can read it.
        let reason = explanation ?? "Authorization is needed: send an access token"
        let body = JSONRPCResponse(id: nil, JSONRPCError(.invalidRequest, reason)).json.serialized()
        return HTTPAnswer(status: status, headers: headers, body: .bytes(body))
    }

    private static let dpopField = HTTPField.Name("DPoP")!
    private static let nonceField = HTTPField.Name("DPoP-Nonce")!

    private static func credentials(_ field: String) -> (scheme: String, token: SecretText)? {
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2 else { return nil }
        let scheme = parts[0].lowercased()
        guard scheme == "bearer" || scheme == "dpop" else { return nil }
        return (scheme, SecretText(String(parts[1])))
    }
}
