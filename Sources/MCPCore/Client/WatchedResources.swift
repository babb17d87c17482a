/// The resources that the session was asked to watch (handshake era), and for whom. A value.
///
/// A session has one subscription of a resource, however many listen: it ends with the last listener. What the application has subscribed to by itself, with
/// `Client.request`, has no listeners and is left to the application.
struct WatchedResources: Sendable {
    struct Entry: Sendable {
        let uri: String
        /// The HTTP headers that came with the request, for the one to the next session.
        let headers: [(name: String, value: String)]
    }

    /// In the order in which they were asked for: what the next session is told.
    private(set) var entries: [Entry] = []
    /// By URI.
    private var listeners: [String: Set<Int>] = [:]

    /// The server watches it.
    mutating func subscribed(_ entry: Entry) {
        if !entries.contains(where: { $0.uri == entry.uri }) { entries.append(entry) }
    }

    /// The server watches it no more.
    mutating func unsubscribed(_ uri: String) { entries.removeAll { $0.uri == uri } }

    /// - Returns: Whether the server is to be asked; not for what the application watches by itself.
    mutating func begin(_ uri: String, for listener: Int) -> Bool {
        guard listeners[uri] != nil || !entries.contains(where: { $0.uri == uri }) else { return false }
        listeners[uri, default: []].insert(listener)
        return true
    }

    /// The server does not watch it for this listener. Where it watches it already, for another one that may have gone meanwhile, this one counts until it ends: the last
    /// that ends gives it back.
    mutating func refused(_ uri: String, for listener: Int) {
        guard !entries.contains(where: { $0.uri == uri }) else { return }
        listeners[uri]?.remove(listener)
        if listeners[uri]?.isEmpty == true { listeners[uri] = nil }
    }

    /// - Returns: What nobody listens to any more.
    mutating func end(_ uris: [String], for listener: Int) -> [String] {
        let left = uris.filter { uri in
            guard listeners[uri]?.remove(listener) != nil, listeners[uri]?.isEmpty == true else { return false }
            listeners[uri] = nil
            return true
        }
        // Also where the server does not hear of it: the next session is not asked.
        for uri in left { unsubscribed(uri) }
        return left
    }
}
