/// The extensions of one server.
struct ServerExtensions: Sendable {
    private let all: [any ServerExtension]
    private let byMethod: [String: any ServerExtension]
    private let byNotification: [String: any ServerExtension]
    private let deferring: [any CallDeferring]
    /// What is wrong with them.
    let faults: [String]

    /// - Parameter taken: The methods that the server serves by itself.
    init(_ extensions: [any ServerExtension], taken: Set<String>, configuration: ServerConfiguration) {
        var faults: [String] = []
        var identifiers: Set<String> = []
        for item in extensions {
            if !ExtensionIdentifier.isValid(item.identifier) {
                faults.append("Extension `\(item.identifier)`: an identifier is `vendor-prefix/name`, for example com.example/thing")
            }
            if !identifiers.insert(item.identifier).inserted { faults.append("Extension `\(item.identifier)` is given twice; remove one") }
            for method in item.methods.sorted() where taken.contains(method) {
                faults.append("Extension `\(item.identifier)`: \(method) is a method of the specification itself")
            }
        }
        all = extensions
        self.faults = faults
        byMethod = Dictionary(extensions.flatMap { item in item.methods.map { ($0, item) } }) { first, _ in first }
        byNotification = Dictionary(extensions.flatMap { item in item.notifications.map { ($0, item) } }) { first, _ in first }
        deferring = extensions.compactMap { $0 as? any CallDeferring }
        for item in deferring { item.attach(configuration) }
    }

    /// Whether calls may be answered before their handlers have ended.
    var isDeferring: Bool { !deferring.isEmpty }

    func declared(in revision: ProtocolRevision) -> JSONObject? { all.map { $0 as any ProtocolExtension }.declared(in: revision) }

    /// What serves a method in a revision.
    func handler(of method: String, in revision: ProtocolRevision) -> (any MethodHandler)? {
        guard let item = byMethod[method], item.revisions.contains(revision) else { return nil }
        return ExtensionMethods(item: item)
    }

    func routingName(of request: JSONRPCRequest) -> String? { byMethod[request.method]?.routingName(of: request.method, request.params) }

    func takes(_ notification: JSONRPCNotification, from peer: Peer) -> Bool { taker(of: notification, from: peer) != nil }

    func receive(_ notification: JSONRPCNotification, from peer: Peer) async {
        await taker(of: notification, from: peer)?.receive(notification, from: peer)
    }

    private func taker(of notification: JSONRPCNotification, from peer: Peer) -> (any ServerExtension)? {
        guard let item = byNotification[notification.method], item.revisions.contains(peer.revision),
            peer.capabilities.settings(of: item.identifier) != nil
        else { return nil }
        return item
    }

    /// What may answer a call before its handler has ended; `nil` where it is served as ever.
    /// - Throws: `RequestFailure` for a call that can be served in no other way, to a client that has not declared it.
    func deferral(of call: DeferrableCall, tools: ToolRegistry) throws -> (any CallDeferral)? {
        for item in deferring {
            if let deferral = try item.deferral(of: call, tools: tools) { return deferral }
        }
        return nil
    }

    /// The extensions' parts of a `subscriptions/listen`.
    func subscribe(to wanted: JSONObject, for peer: Peer) async throws -> [ExtensionSubscription] {
        var subscriptions: [ExtensionSubscription] = []
        do {
            for item in all where item.revisions.contains(peer.revision) {
                let own = JSONObject(wanted.filter { item.subscriptionMembers.contains($0.key) }.map { ($0.key, $0.value) })
                guard !own.isEmpty else { continue }
                guard peer.capabilities.settings(of: item.identifier) != nil else {
                    throw RequestFailure.missingCapability(.declaring(item.identifier))
                }
                subscriptions.append(try await item.subscribe(to: own, for: peer))
            }
            return subscriptions
        } catch {
            for subscription in subscriptions { subscription.end() }
            throw error
        }
    }
}

/// The methods of one extension.
private struct ExtensionMethods: MethodHandler {
    let item: any ServerExtension
    var methods: [String] { item.methods.sorted() }

    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        guard let settings = exchange.peer.capabilities.settings(of: item.identifier) else {
            throw RequestFailure.missingCapability(.declaring(item.identifier))
        }
        return .complete(try await item.respond(to: ExtensionCall(exchange: exchange, clientSettings: settings)))
    }
}
