import Synchronization

/// A client's transport over one shared channel of messages: stdio, a socket, in process.
///
/// Responses find their requests by id; a notification finds the request that it belongs to by progress token or subscription id
/// (2026-07-28, basic/transports/stdio, "Receiving Messages"). Everything else is general.
public final class StreamClientTransport: ClientTransport {
    struct State {
        var channel: StreamChannel?
        /// The channel that was opened last, also once it has ended: what is left of it is closed.
        var opened: StreamChannel?
        var exchanges: [RequestID: ExchangeInbox] = [:]
        /// What waits for slow receivers of requests.
        var waitingBytes = WaitingBytes()
        /// Probes that were given up, and whose answers may still come.
        var lateProbes: Set<RequestID> = []
        var end: TransportError?
        /// Why the channel was given up, where it was.
        var abandonment: TransportError?
        var isClosed = false
        var reader: Task<Void, Never>?
        var endWaiters: [Int: CheckedContinuation<TransportError?, Never>] = [:]
        var nextWaiter = 0
    }

    /// A connection begins with one probe or two; later ones (`Client.ping`) are cancelled like other requests.
    private static let maximumLateProbes = 2
    static let closed = TransportError.closed("the client has been closed")

    public let binding = TransportBinding.stream
    private let connector: any StreamConnector
    private let limits: JSONLimits
    private let state = Mutex(State())

    public init(_ connector: some StreamConnector, limits: JSONLimits = .default) {
        self.connector = connector
        self.limits = limits
    }

    public var serverIdentity: String? { connector.serverIdentity }

    public var authorizationContext: String? { "" }
    public var isConnected: Bool { state.withLock { $0.channel != nil } }

    public func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws {
        let (previous, reader, isClosed) = state.withLock { ($0.opened, $0.reader, $0.isClosed) }
        if isClosed { throw Self.closed }
        await previous?.close()
        await reader?.value
        let channel = try await connector.open()
        let waitingBytes = WaitingBytes()
        // An allowance of its own: one slow receiver is not to make the client deaf to changes, which nobody repeats.
        let general = ExchangeInbox(nil, WaitingBytes())
        let refused = ExchangeInbox(nil, WaitingBytes(limit: 1 << 20))
        let router = InboundRouter(transport: self, general: general, refused: refused, report: report, limits: limits)
        let wasClosed = state.withLock { state in
            guard !state.isClosed else { return true }
            state.channel = channel
            state.opened = channel
            state.waitingBytes = waitingBytes
            state.end = nil
            state.abandonment = nil
            state.lateProbes = []
            // Unstructured: it lives as long as the channel, from `start` to the end of the input; `close` waits for it.
            state.reader = Task { [self] in
                await withDiscardingTaskGroup { group in
                    group.addTask { _ = try? await general.response(receive: receive) }
                    group.addTask {
                        _ = try? await refused.response { message in
                            guard case .request(let request) = message else { return }
                            try? await channel.sink.write(JSONRPCResponse(id: request.id, .clientIsBusy).serialized())
                        }
                    }
                    var router = router
                    do {
                        for try await frames in channel.inbound { router.route(frames) }
                    } catch {
                        report(.ignored("the channel failed: \(error)"))
                    }
                    general.finish(.failure(.closed("the channel has ended")))
                    end(.closed(await channel.reasonForEnd()))
                    group.cancelAll()
                }
            }
            return false
        }
        if wasClosed {
            await channel.close()
            throw Self.closed
        }
    }

    public func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        let (sink, inbox) = try open(request)
        defer { end(request.id, inbox) }
        do { try await sink.write(request.serialized()) } catch TransportError.closed {
            // The end of the channel knows more about the reason than the write that met it.
        }
        return try await inbox.response(receive: receive)
    }

    public func begin(_ request: JSONRPCRequest) throws -> StartedExchange? {
        let (sink, inbox) = try open(request)
        do {
            guard try !sink.offer(request.serialized()) else { return StartedExchange(id: request.id, inbox: inbox, transport: self) }
        } catch TransportError.closed {
            return StartedExchange(id: request.id, inbox: inbox, transport: self)
        } catch {
            forget(request.id, inbox)
            throw error
        }
        forget(request.id, inbox)
        return nil
    }

    /// What comes for a request is given to its inbox from now on.
    private func open(_ request: JSONRPCRequest) throws -> (any MessageSink, ExchangeInbox) {
        try state.withLock { state in
            let sink = try state.sink()
            let inbox = ExchangeInbox(request, state.waitingBytes)
            state.exchanges[request.id] = inbox
            return (sink, inbox)
        }
    }

    /// The request has not been sent.
    private func forget(_ id: RequestID, _ inbox: ExchangeInbox) {
        state.withLock { $0.exchanges[id] = nil }
        inbox.close()
    }

    /// Nobody waits for the response any more.
    func end(_ id: RequestID, _ inbox: ExchangeInbox) {
        inbox.close()
        state.withLock { state in
            guard state.exchanges.removeValue(forKey: id) != nil else { return }
            // Whatever else is given up is cancelled, and gets no answer.
            if inbox.method == "server/discover", state.lateProbes.count < Self.maximumLateProbes { state.lateProbes.insert(id) }
        }
    }

    public func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws {
        let sink = try state.withLock { try $0.sink() }
        try await sink.write(message.serialized())
    }

    public func waitUntilEnd() async -> TransportError? {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: TransportError?? = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return .some(nil) }
                    if let end = state.end { return .some(end) }
                    state.endWaiters[ticket] = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            state.withLock { $0.endWaiters.removeValue(forKey: ticket) }?.resume(returning: nil)
        }
    }

    public func abandon(_ error: TransportError) async {
        let channel = state.withLock { state in
            state.abandonment = error
            return state.channel
        }
        // The reader meets the end of the channel, and tells whoever waits.
        await channel?.close()
    }

    public func close() async {
        let (channel, reader, waiters) = state.withLock { state in
            state.isClosed = true
            defer { state.endWaiters = [:] }
            return (state.opened, state.reader, state.endWaiters)
        }
        for waiter in waiters.values { waiter.resume(returning: nil) }
        await channel?.close()
        await reader?.value
    }

    private func end(_ error: TransportError) {
        let (exchanges, waiters, error) = state.withLock { state in
            state.channel = nil
            let error = state.abandonment ?? error
            state.end = error
            defer {
                state.exchanges = [:]
                state.endWaiters = [:]
            }
            return (state.exchanges, state.endWaiters, error)
        }
        for inbox in exchanges.values { inbox.finish(.failure(error)) }
        for waiter in waiters.values { waiter.resume(returning: error) }
    }

    /// The request with that id, which its response ends, also one that could not be read.
    func inbox(answeredWith id: RequestID) -> ExchangeInbox? { state.withLock { $0.inbox(answeredWith: id) } }

    /// The request that a message belongs to. A response ends it, so that a second one finds nobody.
    func inbox(for message: JSONRPCMessage) -> ExchangeInbox? {
        state.withLock { state in
            switch message {
            case .response(let response):
                if let id = response.id { return state.inbox(answeredWith: id) }
                // An error without an id is about a message that could not be read: the probe, where it is still unanswered; else, where one request
                // is under way, that one.
                guard state.lateProbes.popFirst() == nil, state.exchanges.count == 1 else { return nil }
                return state.exchanges.popFirst()?.value
            case .notification(let notification): return state.inbox(for: notification)
            case .request: return nil
            }
        }
    }
}

extension StreamClientTransport.State {
    func sink() throws -> any MessageSink {
        if isClosed { throw StreamClientTransport.closed }
        guard let channel else { throw end ?? TransportError.closed("it was never started") }
        return channel.sink
    }

    mutating func inbox(answeredWith id: RequestID) -> ExchangeInbox? {
        lateProbes.remove(id)
        return exchanges.removeValue(forKey: id)
    }

    func inbox(for notification: JSONRPCNotification) -> ExchangeInbox? {
        if let id = notification.params["_meta"]?[MetaKey.subscriptionID].flatMap({ try? RequestID(json: $0) }) {
            return exchanges[id]
        }
        switch notification.method {
        case "notifications/progress":
            guard let token = notification.params["progressToken"] else { return nil }
            return exchanges.values.first { $0.progressToken == token }
        case "notifications/cancelled":
            // A server cancels only subscriptions; in the handshake era the id is one of its own requests.
            guard let id = notification.params["requestId"].flatMap({ try? RequestID(json: $0) }) else { return nil }
            return exchanges[id].flatMap { $0.method == "subscriptions/listen" ? $0 : nil }
        default: return nil
        }
    }
}
