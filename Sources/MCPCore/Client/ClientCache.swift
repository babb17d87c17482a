/// A client's part of a response cache: what is kept of its server, in its authorization context.
struct ClientCache: Sendable {
    private let cache: ResponseCache
    private let server: String
    private let context: String

    /// `nil` where the configuration wants no cache.
    init?(transport: any ClientTransport, configuration: ClientConfiguration) {
        guard let cache = configuration.responseCache else { return nil }
        self.cache = cache
        let own = "client \(SystemRandomNumberGenerator.identifier())"
        // A server without an identity is nobody else's.
        server = transport.serverIdentity ?? own
        context = configuration.authorizationContext.map { "given \($0)" } ?? own
    }

    /// The fresh result of a request, where one is kept.
    func result(of outgoing: ClientConnection.Outgoing) -> JSONObject? {
        guard !outgoing.options.isCacheBypassed, let key = key(outgoing) else { return nil }
        return cache.result(for: key)
    }

    /// Grows with each change that the server tells of.
    var changes: Int { cache.changes(of: server) }

    /// - Parameter changes: Those before the request was sent.
    func store(_ result: JSONObject, of outgoing: ClientConnection.Outgoing, changes: Int) {
        guard let key = key(outgoing) else { return }
        cache.store(result, for: key, changes: changes)
    }

    /// Forgets the pages of a list, whose cursors are good no more.
    func discard(_ method: String) { cache.discard(method, of: server) }

    func invalidate(_ change: ServerChange) { cache.invalidate(change, of: server) }

    /// What a request is kept under; `nil` for one that is not.
    private func key(_ outgoing: ClientConnection.Outgoing) -> ResponseCache.Key? {
        guard outgoing.revision.era == .perRequest, ResponseCache.methods.contains(outgoing.method), outgoing.options.headers.isEmpty,
            outgoing.options.meta.isEmpty
        else { return nil }
        return ResponseCache.Key(server: server, context: context, method: outgoing.method, params: JSONValue.object(outgoing.params).canonicalBytes)
    }
}

extension SystemRandomNumberGenerator {
    fileprivate static func identifier() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
    }
}
