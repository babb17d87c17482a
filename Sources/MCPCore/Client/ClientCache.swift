/// A client's part of a response cache: what is kept of its server, in the authorization context that it has at the time.
struct ClientCache: Sendable {
    /// Where the result of one request is kept.
    struct Place: Sendable {
        fileprivate var key: ResponseCache.Key
        /// Of the transport, when the request was looked up; `nil` where it is not known.
        fileprivate var context: String?
        fileprivate var changes: ResponseCache.Changes
    }

    private let cache: ResponseCache
    private let transport: any ClientTransport
    private let server: String
    /// Who shares what is private, as far as the transport's own context is the same.
    private let sharers: String

    /// `nil` where the configuration wants no cache.
    init?(transport: any ClientTransport, configuration: ClientConfiguration) {
        guard let cache = configuration.responseCache else { return nil }
        self.cache = cache
        self.transport = transport
        let own = "client \(SystemRandomNumberGenerator.identifier())"
        // A server without an identity is nobody else's.
        server = transport.serverIdentity ?? own
        sharers = configuration.authorizationContext.map { "given \($0)" } ?? own
    }

    /// Where a request that is about to be sent is kept; `nil` for one that is not.
    nonisolated(nonsending) func place(of outgoing: ClientConnection.Outgoing) async -> Place? {
        guard outgoing.revision.era == .perRequest, ResponseCache.methods.contains(outgoing.method), outgoing.options.headers.isEmpty,
            outgoing.options.meta.isEmpty, outgoing.params["_meta"] == nil
        else { return nil }
        let context = await transport.authorizationContext
        let key = ResponseCache.Key(
            server: server, context: context.map { "\(sharers)\u{0}\($0)" }, method: outgoing.method, params: JSONValue.object(outgoing.params).canonicalBytes)
        return Place(key: key, context: context, changes: cache.changes(of: server))
    }

    /// The fresh result that is kept there.
    func result(at place: Place) -> JSONObject? { cache.result(for: place.key) }

    /// Keeps what has come of a request. Where somebody has signed in or out meanwhile, nobody knows whose credentials have brought it: what is private is then
    /// not kept.
    nonisolated(nonsending) func store(_ result: JSONObject, at place: Place) async {
        let context = await transport.authorizationContext
        cache.store(result, for: place.key, changes: place.changes, keepsPrivate: context != nil && context == place.context)
    }

    /// Forgets the pages of a list, whose cursors are good no more.
    func discard(_ method: String) { cache.discard(method, of: server) }

    func invalidate(_ change: ServerChange) { cache.invalidate(change, of: server) }
}

extension SystemRandomNumberGenerator {
    fileprivate static func identifier() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next(), radix: 36) + String(generator.next(), radix: 36)
    }
}
