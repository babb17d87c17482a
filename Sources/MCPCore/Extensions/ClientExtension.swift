/// An extension that a client declares (SEP-2133): give it to `ClientConfiguration.extensions`.
public protocol ClientExtension: ProtocolExtension {
    /// The types of result (`resultType`, 2026-07-28) that it adds.
    var resultTypes: Set<String> { get }
    /// The notifications of servers that it takes, beside those of its own subscriptions.
    var notifications: Set<String> { get }
    /// The requests of servers that it answers, in the revisions that have such requests.
    var methods: Set<String> { get }

    /// Makes the complete result of a call out of one of a type that the extension adds.
    /// - Throws: `ClientError.invalidResult` for a result that is none; an error for a call that failed after all.
    func complete(_ result: JSONObject, of call: ExtendedCall) async throws -> JSONObject

    func receive(_ notification: JSONRPCNotification) async

    /// Answers a request of the server.
    /// - Throws: `JSONRPCError`, which the server gets.
    func answer(_ method: String, _ params: JSONObject) async throws -> JSONObject
}

extension ClientExtension {
    public var resultTypes: Set<String> { [] }
    public var notifications: Set<String> { [] }
    public var methods: Set<String> { [] }

    public func complete(_ result: JSONObject, of call: ExtendedCall) async throws -> JSONObject {
        throw ClientError.invalidResult(method: call.method, reason: "unknown resultType \(result["resultType"]?.serializedString ?? "none")")
    }

    public func receive(_ notification: JSONRPCNotification) async {}
    public func answer(_ method: String, _ params: JSONObject) async throws -> JSONObject { throw ClientError.cannotAnswer(method: method) }
}

/// An extension that a client only declares: what it means is the application's business.
public struct DeclaredExtension: ClientExtension {
    public let identifier: String
    public let settings: JSONObject

    public init(_ identifier: String, settings: JSONObject = [:]) {
        self.identifier = identifier
        self.settings = settings
    }
}

/// A call whose result an extension completes.
public struct ExtendedCall: Sendable {
    let connection: ClientConnection
    let outgoing: ClientConnection.Outgoing

    public var method: String { outgoing.method }
    public var params: JSONObject { outgoing.params }
    public var options: RequestOptions { outgoing.options }
    public var clock: ClientClock { connection.configuration.clock }

    /// Sends a further request, under the same revision and to the same server.
    /// - Throws: `JSONRPCError` of the server; `ClientError`; `TransportError`; `CancellationError`.
    public func request(_ method: String, _ params: JSONObject) async throws -> JSONObject {
        try await connection.complete(
            ClientConnection.Outgoing(
                method: method, params: params, revision: outgoing.revision, options: outgoing.options.handedOn(),
                timeout: outgoing.options.timeout ?? connection.configuration.requestTimeout))
    }

    /// Answers requests for input as the call itself would: with the same handlers, and at once.
    /// - Parameter requests: By keys; the answers come under the same.
    public func answers(to requests: JSONObject) async throws -> JSONObject {
        try await connection.answers(to: requests, connection.handlers(of: outgoing.options) ?? connection.configuration.input)
    }
}

extension ClientExtension {
    /// Whether a result may be of that type because of this extension.
    func adds(_ resultType: JSONValue, in revision: ProtocolRevision) -> Bool {
        guard let type = resultType.string else { return false }
        return revisions.contains(revision) && resultTypes.contains(type)
    }
}
