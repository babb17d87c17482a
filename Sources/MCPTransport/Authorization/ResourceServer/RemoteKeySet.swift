import MCPCore

/// The key set of an issuer, found by its metadata and kept; asked for anew when it is old, and when a token names a key that is not in it.
actor RemoteKeySet: VerificationKeySource {
    private let issuer: String
    private let algorithms: Set<String>
    private let fetcher: any AuthorizationFetcher
    private let environment: AuthorizationEnvironment
    private var keys: JSONWebKeySet?
    private var fetched: Int64 = .min
    private var tried: Int64 = .min
    private var fetching: SharedTask<JSONWebKeySet>?

    /// How many seconds a set is used before it is looked at again.
    private static let lifetime: Int64 = 600
    /// How many seconds lie between two requests at least: tokens with invented key ids must not become requests to the issuer.
    private static let pause: Int64 = 30

    init(issuer: String, algorithms: Set<String>, fetcher: any AuthorizationFetcher, environment: AuthorizationEnvironment) {
        self.issuer = issuer
        self.algorithms = algorithms
        self.fetcher = fetcher
        self.environment = environment
    }

    func candidates(algorithm: String, keyID: String?) async throws -> [VerificationKey] {
        let now = environment.now()
        let known = keys?.candidates(algorithm: algorithm, keyID: keyID) ?? []
        let isOld = keys == nil || now - fetched >= Self.lifetime
        guard known.isEmpty || isOld, keys == nil || now - tried >= Self.pause else { return known }
        do { return try await refreshed().candidates(algorithm: algorithm, keyID: keyID) } catch {
            // The issuer is down: the keys that it had are good for as long as they are there.
            guard keys != nil else { throw error }
            return known
        }
    }

    private func refreshed() async throws -> JSONWebKeySet {
        let shared: SharedTask<JSONWebKeySet>
        if let fetching {
            shared = fetching
        } else {
            tried = environment.now()
            shared = SharedTask { [self] in try await fetch() }
            fetching = shared
        }
        defer { if fetching === shared { fetching = nil } }
        let set = try await shared.value()
        (keys, fetched) = (set, environment.now())
        return set
    }

    private func fetch() async throws -> JSONWebKeySet {
        let url = try EndpointURL(issuer)
        let metadata = try await ServerDiscovery(server: url, fetcher: fetcher, configured: nil).authorizationServer(issuer)
        guard let uri = metadata.jwksURI else { throw AuthorizationError.unsupported(issuer: issuer, what: "a key set (`jwks_uri`)") }
        let reply = try await fetcher.fetch(FetchRequest(url: try EndpointURL(uri)))
        guard reply.status == 200, let set = await JSONWebKeySet(reply.body, algorithms: algorithms) else {
            throw AuthorizationError.unusableAnswer(url: uri, reason: "HTTP status \(reply.status), and no key set")
        }
        return set
    }
}
