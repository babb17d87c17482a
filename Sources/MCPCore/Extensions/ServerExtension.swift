/// An extension that a server offers (SEP-2133): stand it in the list of what the server is built from.
///
///     let server = Server("weather", version: "1.0.0") {
///         TasksExtension()
///         Weather(api: .live)
///     }
///
/// Its methods are served only to clients that have declared it; others get the error of a missing capability, which names it.
public protocol ServerExtension: ProtocolExtension, ServerFeature {
    /// The requests that it serves. A method of the specification itself stays with the server.
    var methods: Set<String> { get }
    /// The notifications of clients that it takes.
    var notifications: Set<String> { get }
    /// The members of `notifications` in `subscriptions/listen` that it serves (2026-07-28).
    var subscriptionMembers: Set<String> { get }

    /// Answers a request of one of its methods. Runs concurrently with others; cancelling the request cancels the task.
    /// - Returns: The members of the result.
    /// - Throws: `JSONRPCError` for an error of its own; `JSONDecodingError` for params that do not fit.
    func respond(to call: ExtensionCall) async throws -> JSONObject

    /// Takes a notification of a client that has declared the extension.
    func receive(_ notification: JSONRPCNotification, from peer: Peer) async

    /// Serves its part of `subscriptions/listen`.
    /// - Parameter wanted: The members that are its own.
    /// - Throws: As `respond`.
    func subscribe(to wanted: JSONObject, for peer: Peer) async throws -> ExtensionSubscription
}

extension ServerExtension {
    public var methods: Set<String> { [] }
    public var notifications: Set<String> { [] }
    public var subscriptionMembers: Set<String> { [] }

    public func respond(to call: ExtensionCall) async throws -> JSONObject {
        throw JSONRPCError(.methodNotFound, "Method not found: \(call.method.abbreviated)")
    }

    public func receive(_ notification: JSONRPCNotification, from peer: Peer) async {}
    public func subscribe(to wanted: JSONObject, for peer: Peer) async throws -> ExtensionSubscription { ExtensionSubscription() }
    public func register(in registry: inout ServerRegistration) { registry.add(self) }
}

/// A request of an extension's method while it is served.
public struct ExtensionCall: Sendable {
    let exchange: ServerExchange
    /// What the client has declared of the extension.
    public let clientSettings: JSONObject

    public var method: String { exchange.request.method }
    public var params: JSONObject { exchange.request.params }
    /// Who asks.
    public var peer: Peer { exchange.peer }

    /// Sends a notification that belongs to this request.
    public func notify(_ method: String, _ params: JSONObject) async throws { try await exchange.notify(method, params) }
}

/// An extension's part of an open `subscriptions/listen`.
public struct ExtensionSubscription: Sendable {
    /// What it has agreed to tell, for the acknowledgement.
    public var granted: JSONObject
    /// Made as they are taken, so that a slow listener costs bounded memory. Its end does not end the subscription.
    public var notifications: AsyncStream<JSONRPCNotification>
    /// Called once, when nobody listens any more.
    public var end: @Sendable () -> Void

    public init(
        granted: JSONObject = [:], notifications: AsyncStream<JSONRPCNotification> = AsyncStream { $0.finish() },
        end: @escaping @Sendable () -> Void = {}
    ) {
        self.granted = granted
        self.notifications = notifications
        self.end = end
    }
}
