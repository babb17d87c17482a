/// An MCP server: what it is called and what it offers. One definition serves every revision, over any number of transports at once.
///
///     let server = Server("weather", version: "1.0.0") { Weather(api: .live) }
///     try await server.serve(.stdio)
public struct Server: Sendable {
    /// Answers requests; transports hand them to it.
    public let kernel: ServerKernel

    /// - Parameters:
    ///   - name: The server's name for programs.
    ///   - version: The server's own version.
    ///   - title: The server's name for people.
    ///   - instructions: How to use the server, for the model.
    ///   - features: Tools and groups of tools, in the order in which they are listed. Faults in them (two tools of one name, a schema
    ///     that is none) are reported by `validate()` and by `serve`, which then serves nothing.
    public init(
        _ name: String, version: String, title: String? = nil, instructions: String? = nil, configuration: ServerConfiguration = .init(),
        @ServerBuilder features: () -> [any ServerFeature] = { [] }
    ) {
        self.init(
            Implementation(name: name, version: version, title: title), instructions: instructions, configuration: configuration,
            features: features)
    }

    public init(
        _ info: Implementation, instructions: String? = nil, configuration: ServerConfiguration = .init(),
        @ServerBuilder features: () -> [any ServerFeature] = { [] }
    ) {
        var registration = ServerRegistration()
        for feature in features() { feature.register(in: &registration) }
        kernel = ServerKernel(info: info, instructions: instructions, configuration: configuration, registration: registration)
    }

    public var info: Implementation { kernel.info }
    public var configuration: ServerConfiguration { kernel.configuration }

    /// The tools, which may come and go while the server runs; clients are told.
    public var tools: ToolRegistry { kernel.tools }

    /// The resources, which may come, go and change while the server runs; clients are told.
    public var resources: ResourceRegistry { kernel.resources }

    /// The prompts, which may come and go while the server runs; clients are told.
    public var prompts: PromptRegistry { kernel.prompts }

    /// Tells the client that the user has done what a page asked (`notifications/elicitation/complete`, 2025-11-25); other revisions do not know it.
    public func elicitationCompleted(_ id: String) { kernel.subscriptions.publish(.elicitationCompleted(id: id)) }

    /// Ends every subscription gracefully, on all transports: those that are open, and at once those that are asked for later. Call it before the process
    /// ends. A transport that stops ends its own by itself.
    public func endSubscriptions() { kernel.subscriptions.finishAll() }

    /// - Throws: `ServerDefinitionError` naming every fault in what the server was built from.
    public func validate() throws {
        let faults = kernel.faults
        if !faults.isEmpty { throw ServerDefinitionError(faults: faults) }
    }
}

/// What a server was built from has faults.
public struct ServerDefinitionError: Error, Sendable, CustomStringConvertible {
    public var faults: [String]
    public var description: String { "The server's definition has faults:\n" + faults.map { "- \($0)" }.joined(separator: "\n") }
}

/// Collects the features of a server.
@resultBuilder
public enum ServerBuilder {
    public static func buildExpression(_ feature: some ServerFeature) -> [any ServerFeature] { [feature] }
    public static func buildExpression(_ features: [any ServerFeature]) -> [any ServerFeature] { features }
    public static func buildExpression(_ tools: [ServerTool]) -> [any ServerFeature] { tools }
    public static func buildBlock(_ parts: [any ServerFeature]...) -> [any ServerFeature] { parts.flatMap(\.self) }
    public static func buildOptional(_ part: [any ServerFeature]?) -> [any ServerFeature] { part ?? [] }
    public static func buildEither(first part: [any ServerFeature]) -> [any ServerFeature] { part }
    public static func buildEither(second part: [any ServerFeature]) -> [any ServerFeature] { part }
    public static func buildArray(_ parts: [[any ServerFeature]]) -> [any ServerFeature] { parts.flatMap(\.self) }
}

extension Server {
    /// The changes that a session of the handshake era is told: those of all lists, and of the resources that it has subscribed to. Each comes
    /// at most once until it is taken. It ends with `endSubscriptions(of:)` of its
    /// connection, with the server's, and with the task that iterates it. For transports.
    public func changes(of connection: ConnectionID) -> ServerChanges {
        ServerChanges(hub: kernel.subscriptions, connection: connection)
    }

    /// Ends the open subscriptions of one connection gracefully. For transports.
    public func endSubscriptions(of connection: ConnectionID) { kernel.subscriptions.finish(owner: connection) }
}

/// The changes of a server as notifications, for one listener.
public struct ServerChanges: AsyncSequence, Sendable {
    public typealias Element = JSONRPCNotification
    let hub: SubscriptionHub
    let connection: ConnectionID

    public func makeAsyncIterator() -> Iterator { Iterator(hub: hub, subscription: hub.subscribe(session: connection)) }

    /// Listens until it is gone.
    public final class Iterator: AsyncIteratorProtocol {
        private let hub: SubscriptionHub
        private let subscription: ChangeSubscription
        private var changes: ChangeSubscription.Iterator

        init(hub: SubscriptionHub, subscription: ChangeSubscription) {
            self.hub = hub
            self.subscription = subscription
            changes = subscription.makeAsyncIterator()
        }

        deinit { hub.unsubscribe(subscription) }

        public func next() async -> JSONRPCNotification? { await changes.next()?.notification }
    }
}
