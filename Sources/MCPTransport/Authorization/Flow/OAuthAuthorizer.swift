import MCPAuthorizationParsing
import MCPHTTPClient

/// Signs a client in to one MCP server (basic/authorization of 2025-11-25 and 2026-07-28), and keeps it signed in.
///
///     let authorizer = try OAuthAuthorizer(
///         server: url, configuration: OAuthClientConfiguration(clientName: "My client", userAgent: LoopbackUserAgent(open: SystemBrowser.open)))
///     try await withClient(.http(url, authorizer: authorizer)) { client in … }
///
/// Nothing is asked of anybody before the server demands it. Requests that need a token at the same time share one sign-in or renewal.
public actor OAuthAuthorizer: HTTPRequestAuthorizer {
    /// The URL of the MCP endpoint.
    public nonisolated let server: String

    private let endpoint: EndpointURL
    private let configuration: OAuthClientConfiguration
    private let discovery: ServerDiscovery
    private let source: TokenSource
    private let nonces = DPoPNonces()
    private var tokens: StoredTokens?
    private var key: DPoPKey?
    private var isLoaded = false
    /// The context of requests without a token. A new one each time that tokens are forgotten: what was asked for before may have been answered to somebody.
    private var signedOut = StoredTokens.newGrant()
    /// How often it was signed out: what was begun before that is not kept.
    private var epoch = 0
    /// The sign-in or renewal that is under way.
    private var renewal: SharedTask<StoredTokens>?
    /// The last token that came from a renewal: when the request that it was renewed for is refused again, another renewal brings nothing better.
    private var renewed: SecretText?

    /// - Throws: `AuthorizationError.invalidURL`.
    public init(server: String, configuration: OAuthClientConfiguration) throws {
        let endpoint = try EndpointURL(server)
        var trusted: Set<String> = [endpoint.origin]
        for text in configuration.registered.compactMap(\.issuer) + [configuration.authorizationServer].compactMap({ $0 }) {
            trusted.insert(try EndpointURL(text).origin)
        }
        if case .enterpriseManaged(let identity) = configuration.grant { trusted.insert(try EndpointURL(identity.tokenEndpoint).origin) }
        try self.init(
            endpoint, configuration,
            fetcher: GuardedFetcher(policy: configuration.addressPolicy ?? .automatic(for: endpoint), trustedOrigins: trusted))
    }

    init(_ endpoint: EndpointURL, _ configuration: OAuthClientConfiguration, fetcher: any AuthorizationFetcher) throws {
        server = endpoint.text
        self.endpoint = endpoint
        self.configuration = configuration
        discovery = ServerDiscovery(server: endpoint, fetcher: fetcher, configured: configuration.authorizationServer)
        source = TokenSource(configuration: configuration, server: endpoint, fetcher: fetcher, nonces: nonces)
    }

    // MARK: What the transport asks

    public func headers(for request: HTTPRequestTarget, after refusal: HTTPRefusal?) async throws -> [(name: String, value: String)]? {
        // A token is for one server: whoever asks with another URL gets none.
        guard let url = try? EndpointURL(request.url), url.canonical == endpoint.canonical else { return refusal == nil ? [] : nil }
        guard let refusal else {
            try await load()
            if let tokens, !isFresh(tokens) { await renewInTime(tokens) }
            return try headers(request.method, url)
        }
        let nonceIsNew = nonces.remember(refusal.header("dpop-nonce"), of: url.origin)
        let challenge = AuthenticationChallenge.preferred(in: refusal.challenges)
        guard let need = Need(refusal, challenge) else { return nil }
        if need == .nonce { return nonceIsNew && tokens?.dpopKey != nil ? try headers(request.method, url) : nil }
        let used = refusal.sent("authorization").map { $0.split(separator: " ").last.map(String.init) ?? "" }
        guard refusal.attempt <= Self.maximumAttempts, try await obtain(need, challenge, used: used, attempt: refusal.attempt) else { return nil }
        return try headers(request.method, url)
    }

    /// `nil` where the store cannot be read.
    public var authorizationContext: String? {
        get async {
            do { try await load() } catch { return nil }
            return tokens?.grant ?? signedOut
        }
    }

    public nonisolated func received(nonce: String) async {
        nonces.remember(nonce, of: endpoint.origin)
    }

    /// Forgets the tokens, here and in the store. The next request signs in anew; what a sign-in or renewal that is under way brings is not kept.
    public func signOut() async throws {
        isLoaded = true
        epoch += 1
        renewal = nil
        (tokens, key, signedOut) = (nil, nil, StoredTokens.newGrant())
        try await configuration.store.save(nil, for: storeKey)
    }

    /// How often one request is sent anew with other authorization ("Step-Up Authorization Flow": no more than a few times).
    private static let maximumAttempts = 3

    private enum Need: Equatable {
        case token, scopes, nonce

        /// `nil` for a refusal that no sign-in changes.
        init?(_ refusal: HTTPRefusal, _ challenge: AuthenticationChallenge?) {
            switch (refusal.status, challenge?.error) {
            case (401, "use_dpop_nonce"): self = .nonce
            case (401, _): self = .token
            case (403, "insufficient_scope"): self = .scopes
            default: return nil
            }
        }
    }

    // MARK: Tokens

    private var storeKey: CredentialKey { .tokens(server: endpoint.canonical) }

    private func isFresh(_ tokens: StoredTokens) -> Bool { tokens.isFresh(at: configuration.environment.now(), margin: configuration.clockSkew) }

    private func load() async throws {
        guard !isLoaded else { return }
        let stored = try await configuration.store.load(storeKey).flatMap { StoredTokens($0) }
        let storedKey: DPoPKey? = if let text = stored?.dpopKey { try await DPoPKey(stored: text) } else { nil }
        guard !isLoaded else { return }
        (tokens, key, isLoaded) = (stored, storedKey, true)
    }

    private func headers(_ method: String, _ url: EndpointURL) throws -> [(name: String, value: String)] {
        guard let tokens else { return [] }
        guard tokens.dpopKey != nil, let key else { return [("authorization", "Bearer \(tokens.accessToken.reveal())")] }
        let proof = try key.proof(
            method: method, url: url, accessToken: tokens.accessToken, nonce: nonces[url.origin], environment: configuration.environment)
        return [("authorization", "DPoP \(tokens.accessToken.reveal())"), ("dpop", proof)]
    }

    /// Renews a token that is about to end. A failure is no failure of the request: the server may still take the token, and says so if not.
    private func renewInTime(_ tokens: StoredTokens) async {
        guard tokens.refreshToken != nil else { return }
        _ = try? await share { [self] epoch in
            let issuer = try await discovery.authorizationServer(tokens.issuer)
            return try await renew(tokens, issuer, epoch)
        }
    }

    /// Gets tokens that the refused request can be sent anew with.
    /// - Returns: `false` where there are none to be got that could change anything.
    private func obtain(_ need: Need, _ challenge: AuthenticationChallenge?, used: String?, attempt: Int) async throws -> Bool {
        try await load()
        // Another request has got other tokens since this one was sent.
        if let tokens, tokens.accessToken.reveal() != used { return true }
        if need == .scopes, let tokens, attempt > 1, Scopes.stepUp(previous: tokens.scopes, challenge: challenge) == tokens.scopes {
            // This very request has just brought a sign-in for the same scopes: the server will not have it.
            return false
        }
        let began = epoch
        do { try await share { [self] epoch in try await signIn(need, challenge, attempt: attempt, epoch) } } catch is CancellationError where epoch != began {
            // The request is older than the sign-out: it ends with its refusal, and asks nobody to sign in.
            try Task.checkCancellation()
            return false
        }
        return true
    }

    /// Does the work, or waits for that which is under way.
    /// - Parameter work: Is given the epoch that it belongs to.
    /// - Throws: What the work throws; `CancellationError` also where it was signed out meanwhile.
    private func share(_ work: @escaping @Sendable (_ epoch: Int) async throws -> StoredTokens) async throws {
        let began = epoch
        while true {
            let shared: SharedTask<StoredTokens>
            if let renewal {
                shared = renewal
            } else {
                shared = SharedTask { try await work(began) }
                renewal = shared
            }
            let result: Result<StoredTokens, any Error>
            do { result = .success(try await shared.value()) } catch { result = .failure(error) }
            if renewal === shared { renewal = nil }
            // The others that waited have been cancelled, and the work with them; this one still wants it.
            if case .failure(let error) = result, error is CancellationError, !Task.isCancelled, epoch == began { continue }
            _ = try result.get()
            return
        }
    }

    private func signIn(_ need: Need, _ challenge: AuthenticationChallenge?, attempt: Int, _ epoch: Int) async throws -> StoredTokens {
        let known = [tokens?.issuer].compactMap { $0 } + configuration.registered.compactMap(\.issuer)
        let found = try await discovery.discover(challenge: challenge, known: known)
        try check(epoch)
        var previous = tokens
        if let current = previous, current.issuer != found.issuer.issuer {
            // What one issuer has given is nothing to another.
            previous = nil
            try await keep(nil, epoch)
        }
        if need == .token, let current = previous, attempt == 1 || current.accessToken != renewed {
            do { return try await renew(current, found.issuer, epoch) } catch AuthorizationError.refused, AuthorizationError.noRegistration {}
            try check(epoch)
        }
        let scopes = Scopes.withOfflineAccess(
            need == .scopes || previous != nil
                ? Scopes.stepUp(previous: previous?.scopes ?? [], challenge: challenge)
                : Scopes.initial(challenge: challenge, metadata: found.resource),
            offered: offersOfflineAccess ? found.issuer.scopesSupported : nil)
        return try await keep(try await source.tokens(found, scopes: scopes, key: try await bindingKey(found, challenge)), epoch)
    }

    private var offersOfflineAccess: Bool {
        if case .authorizationCode = configuration.grant { configuration.wantsOfflineAccess } else { false }
    }

    /// - Throws: `AuthorizationError.refused` also where there is nothing to renew with.
    private func renew(_ current: StoredTokens, _ issuer: AuthorizationServerMetadata, _ epoch: Int) async throws -> StoredTokens {
        // Another process that shares the store may have renewed them, and the old refresh token is then spent.
        if let stored = try await configuration.store.load(storeKey).flatMap({ StoredTokens($0) }), stored.accessToken != current.accessToken,
            stored.issuer == current.issuer, isFresh(stored)
        {
            return try await keep(stored, epoch)
        }
        guard let refreshToken = current.refreshToken else {
            throw AuthorizationError.refused(OAuthRefusal(endpoint: "token", code: "invalid_grant", explanation: "there is no refresh token"))
        }
        let tokens = try await source.refreshed(current, with: refreshToken, issuer)
        renewed = tokens.accessToken
        return try await keep(tokens, epoch)
    }

    /// - Throws: `CancellationError` where it was signed out since the epoch began.
    private func check(_ epoch: Int) throws {
        if epoch != self.epoch { throw CancellationError() }
    }

    private func keep(_ new: StoredTokens, _ epoch: Int) async throws -> StoredTokens {
        try await keep(Optional(new), epoch)
        return new
    }

    /// - Throws: `CancellationError` where it was signed out meanwhile; nothing is kept then.
    private func keep(_ new: StoredTokens?, _ epoch: Int) async throws {
        let newKey: DPoPKey? = if let text = new?.dpopKey { try await DPoPKey(stored: text) } else { nil }
        try check(epoch)
        (tokens, key) = (new, newKey)
        if new == nil { signedOut = StoredTokens.newGrant() }
        // Kept before they are used: a refresh token that is lost cannot be asked for again.
        try await configuration.store.save(new?.json, for: storeKey)
        guard epoch != self.epoch else { return }
        // The store may have taken them after it was told to forget.
        try await configuration.store.save(tokens?.json, for: storeKey)
        throw CancellationError()
    }

    /// The key to bind new tokens to; `nil` for bearer tokens.
    private func bindingKey(_ found: DiscoveredServer, _ challenge: AuthenticationChallenge?) async throws -> DPoPKey? {
        let isDemanded = configuration.dpop == .always || found.resource.requiresDPoP
        guard configuration.dpop != .never, isDemanded || challenge?.scheme == "dpop" else { return nil }
        guard found.issuer.dpopAlgorithms?.contains(DPoPKey.algorithm) == true else {
            guard isDemanded else { return nil }
            throw AuthorizationError.unsupported(issuer: found.issuer.issuer, what: "tokens bound to a key (DPoP with \(DPoPKey.algorithm))")
        }
        if let key { return key }
        return try await DPoPKey()
    }
}
