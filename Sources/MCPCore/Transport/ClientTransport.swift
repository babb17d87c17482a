/// A way from a client to one server: stdio, Streamable HTTP, in process.
///
/// A transport moves messages and knows nothing of eras beyond what its binding demands (the headers of Streamable HTTP). It may be used
/// from several tasks at once.
public protocol ClientTransport: Sendable {
    /// How the failure of a probe is to be read.
    var binding: TransportBinding { get }

    /// What names the server, the same for every transport to it: a URL, a command line. Caches remember by it; `nil` is never remembered.
    var serverIdentity: String? { get }

    /// Whose credentials the next request will carry: another one after each sign-in and sign-out, so that a cache gives nobody what is private to somebody
    /// else (`cacheScope`; 2026-07-28, server/utilities/caching). Always the same where the credentials are; `nil` where it is not known, and nothing private is kept.
    ///
    /// Without a default, as `abandon`: a transport that wraps another one hands on what that one says.
    var authorizationContext: String? { get async }

    /// Starts the transport: launches the process, or nothing. Called again after the server has gone, it starts anew.
    /// - Parameters:
    ///   - receive: Takes what belongs to no exchange: server requests and notifications on a shared channel, in order.
    ///   - report: Takes what an operator should know: garbage that was skipped, messages that nobody waits for.
    /// - Throws: `TransportError`; where it holds a connection, `.closed` once it has been closed.
    func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws

    /// Sends a request and waits for its response.
    ///
    /// Cancelling the task gives the exchange up: on HTTP it closes the response stream. On a shared channel the client sends
    /// `notifications/cancelled` itself.
    /// - Parameters:
    ///   - receive: Takes the notifications and server requests that come on the response stream before the response, in order.
    /// - Throws: `TransportError`; an HTTP status other than 2xx as `.httpStatus`, with the JSON-RPC error of its body where there is one, or as
    ///   `.sessionEnded` where it says that.
    func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse

    /// Sends a request where that needs no waiting, so that its response can be waited for without a task of its own.
    ///
    /// It does not block. Whoever has begun an exchange waits for its response, or ends it. Nothing of the metadata of `exchange` travels, so that this is for channels without any.
    ///
    /// Only `StreamClientTransport` makes such exchanges; a transport that wraps one and changes nothing about them hands on what that one gives, and sees
    /// what comes with `StartedExchange.observed(by:)`.
    /// - Returns: `nil` where the request has not been sent: `exchange` sends it.
    /// - Throws: `TransportError`.
    func begin(_ request: JSONRPCRequest) throws -> StartedExchange?

    /// Sends a notification, or the response to a request of the server.
    /// - Throws: `TransportError`.
    func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws

    /// Tells a transport with sessions of its own (Streamable HTTP, handshake era) that the handshake has been done: it may open its GET stream.
    func handshakeCompleted(revision: ProtocolRevision) async throws

    /// Waits until what the server sends by itself reaches the client, or is known not to: on Streamable HTTP, in the handshake era, it needs a stream of its own,
    /// and what is sent before that one is open is lost. Not for longer than a moment. A transport that wraps another one hands it on, as it does `handshakeCompleted`.
    func waitUntilListening() async

    /// Says what is to be done when the server has ended the session and the transport finds it out outside of any exchange. Called before `start`.
    func whenSessionEnds(_ action: @escaping @Sendable () -> Void)

    /// Whether there is a connection; always on transports that hold none.
    var isConnected: Bool { get }

    /// Waits until the server has gone by itself, and says why; `nil` once the transport was closed or the task is cancelled, and at once for
    /// transports that hold no connection.
    func waitUntilEnd() async -> TransportError?

    /// Ends a connection whose server does not answer any more: exchanges under way fail with the error, `waitUntilEnd` gives it, and `start` may start anew.
    /// Nothing on transports that hold no connection.
    func abandon(_ error: TransportError) async

    /// Ends the transport: closes the process's input and waits for its end, ends the session. Exchanges under way fail. It finishes its work
    /// also in a cancelled task.
    func close() async
}

extension ClientTransport {
    public var serverIdentity: String? { nil }
    public func begin(_ request: JSONRPCRequest) throws -> StartedExchange? { nil }
    public func handshakeCompleted(revision: ProtocolRevision) async throws {}
    public func waitUntilListening() async {}
    public func whenSessionEnds(_ action: @escaping @Sendable () -> Void) {}
    public var isConnected: Bool { true }
    public func waitUntilEnd() async -> TransportError? { nil }
}

/// What kind of channel a transport is.
public enum TransportBinding: Sendable, Hashable {
    /// One shared channel of messages: stdio, a socket, in process.
    case stream
    case http
}

/// What travels beside a message.
public struct ExchangeMetadata: Sendable, Hashable {
    /// The revision that the message is written in.
    public var revision: ProtocolRevision
    /// What `Mcp-Name` mirrors of a request of an extension.
    public var routingName: String?
    /// `Mcp-Param-*` headers, name and plain value; Streamable HTTP encodes and sends them.
    public var parameterHeaders: [(name: String, value: String)]
    /// Further headers that the caller asked for.
    public var headers: [(name: String, value: String)]
    /// Whether the request belongs to the opening of a session, first or anew: it is not to wait behind requests that may wait for that.
    public var isPartOfOpening: Bool

    public init(
        revision: ProtocolRevision, routingName: String? = nil, parameterHeaders: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], isPartOfOpening: Bool = false
    ) {
        self.revision = revision
        self.routingName = routingName
        self.parameterHeaders = parameterHeaders
        self.headers = headers
        self.isPartOfOpening = isPartOfOpening
    }

    public static func == (one: Self, other: Self) -> Bool {
        one.revision == other.revision && one.routingName == other.routingName && one.isPartOfOpening == other.isPartOfOpening
            && one.parameterHeaders.elementsEqual(other.parameterHeaders, by: ==)
            && one.headers.elementsEqual(other.headers, by: ==)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(revision)
        hasher.combine(routingName)
        hasher.combine(isPartOfOpening)
        for header in parameterHeaders + headers {
            hasher.combine(header.name)
            hasher.combine(header.value)
        }
    }
}

/// A message could not be moved.
public enum TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server is gone: its process ended, its stream was cut.
    case closed(String)
    /// The server answered with an HTTP status other than 2xx. `body` is the beginning of what it said; `error` the JSON-RPC error in it, whatever its id.
    case httpStatus(Int, body: String, error: JSONRPCError? = nil)
    /// The server has ended the session that the request named (HTTP status 404), and has not looked at the request.
    case sessionEnded
    /// The server could not be reached or started.
    case unreachable(String)
    /// What came was no MCP message.
    case malformed(String)
    /// A limit was passed: a line or body too long.
    case limit(String)

    public var description: String {
        switch self {
        case .closed(let reason): "The connection to the server is closed: \(reason)"
        case .httpStatus(let status, _, let error?): "The server answered with HTTP status \(status): \(error)"
        case .httpStatus(let status, let body, nil): "The server answered with HTTP status \(status)" + (body.isEmpty ? "" : ": \(body)")
        case .sessionEnded: "The server has ended the session. Open a new one with `initialize`."
        case .unreachable(let reason): "The server could not be reached: \(reason)"
        case .malformed(let reason): "The server sent something that is no MCP message: \(reason)"
        case .limit(let reason): "A limit was passed: \(reason)"
        }
    }
}
