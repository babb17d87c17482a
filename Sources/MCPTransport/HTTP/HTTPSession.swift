import MCPCore
import MCPWorkers
import Synchronization

/// A session of the handshake era over HTTP. It owns the handlers that run in it: a lost connection does not cancel them.
final class HTTPSession: Sendable {
    private struct State {
        var session: HandshakeSession
        var running: [RequestID: Task<Void, Never>] = [:]
        var streams: [Int: SessionStream] = [:]
        var nextStream = 1
        var isEnded = false
        var announcements: Task<Void, Never>?
    }

    /// The stream that a GET opens, for what belongs to no request.
    static let standaloneStream = 0
    /// Streams that wait for a lost client to come back; beyond it the oldest that has ended is dropped.
    private static let maximumStreams = 64

    let id: String
    let principal: Principal?
    private let server: Server
    private let connection = ConnectionID()
    private let store: any EventStore
    private let requests: PendingRequests
    let use: SessionUse
    private let state: Mutex<State>

    init(id: String, principal: Principal?, server: Server, session: HandshakeSession, store: any EventStore) {
        self.id = id
        self.principal = principal
        self.server = server
        self.store = store
        requests = PendingRequests(server.configuration, sleep: SystemTimer.sleep(for:))
        use = SessionUse(server.configuration.environment)
        state = Mutex(State(session: session))
        let standalone = makeStream(Self.standaloneStream, mayBeOneResponse: false)
        state.withLock { $0.streams[Self.standaloneStream] = standalone }
        // Listens from here on: a change that comes before the task has begun is told too.
        let changes = server.changes(of: connection).makeAsyncIterator()
        // Lives as long as the session, which ends it.
        let announcements = Task(executorPreference: CurrentExecutor.preference) { [store] in
            while let change = await changes.next() { try? await standalone.send(.notification(change)) }
            // Cancelled by the end of the session, which what was on its way may have been kept after. Where the server has only ended its subscriptions,
            // the session and the events of its streams live on.
            if Task.isCancelled { store.removeSession(id) }
        }
        state.withLock { $0.announcements = announcements }
    }

    var client: HandshakeSession.Client? { state.withLock { $0.session.client } }

    func stream(_ id: Int) -> SessionStream? { state.withLock { $0.streams[id] } }

    /// Whether somebody reads one of its streams, or waits for an answer: such a session does not expire.
    var isRead: Bool {
        state.withLock { $0.streams.values.contains(where: \.isRead) }
    }

    /// Takes a message that needs no stream: a notification or a response.
    func receive(_ message: JSONRPCMessage) async {
        switch state.withLock({ $0.session.receive(message) }) {
        case .ready: requests.ready()
        case .cancel(let id, let reason):
            guard let task = state.withLock({ $0.running[id] }) else { return }
            task.cancel()
            server.configuration.diagnostics(.cancelled(id: id, reason: reason))
        case .deliver(let response):
            if !requests.resolve(response) { server.configuration.diagnostics(.ignored(reason: "a response that nobody waits for")) }
        case .take(let notification, var peer):
            peer.principal = principal
            peer.connection = connection
            _ = await server.kernel.receive(notification, from: peer)
        case .ignore(let reason): server.configuration.diagnostics(.ignored(reason: reason))
        case .respond, .opened, .serve: break
        }
    }

    /// Starts requests of one POST; their responses, and what comes before them, go to the reader that is returned.
    /// - Parameters:
    ///   - principal: The session's, with what the token of this POST allows.
    ///   - pace: Takes in how long the handlers take, and to send what they answer.
    ///   - ended: Called when all of them have ended.
    func serve(
        _ requests: [JSONRPCRequest], principal: Principal?, pace: HandlerPace.Record? = nil, ended: @escaping @Sendable () -> Void
    ) async -> SessionStream.Reader {
        let stream = addStream(mayBeOneResponse: requests.count == 1)
        let reader = stream.attach()
        let remaining = Countdown(requests.count) { [self] in
            stream.finish()
            use.note()
            ended()
            // Nobody has seen an id of it: nobody can take it up again.
            if !stream.isEventStream { state.withLock { $0.streams[stream.key.stream] = nil } }
        }
        for request in requests { await start(request, principal, stream, remaining, pace) }
        return reader
    }

    private func addStream(mayBeOneResponse: Bool) -> SessionStream {
        let (stream, dropped) = state.withLock { state in
            let stream = makeStream(state.nextStream, mayBeOneResponse: mayBeOneResponse)
            state.nextStream += 1
            state.streams[stream.key.stream] = stream
            guard state.streams.count > Self.maximumStreams else { return (stream, EventStreamKey?.none) }
            let oldest = state.streams.keys.filter { state.streams[$0]?.isFinished == true }.min()
            if let oldest { state.streams[oldest] = nil }
            return (stream, oldest.map { EventStreamKey(session: id, stream: $0) })
        }
        if let dropped { store.remove(dropped) }
        return stream
    }

    private func makeStream(_ number: Int, mayBeOneResponse: Bool) -> SessionStream {
        SessionStream(
            key: EventStreamKey(session: id, stream: number), store: store, mayBeOneResponse: mayBeOneResponse,
            onDetach: { [use] in use.note() },
            onFailure: { [diagnostics = server.configuration.diagnostics] error in
                diagnostics(.ignored(reason: "an event of a stream could not be kept, and the stream ends: \(error)"))
            })
    }

    /// Ends the session: handlers are cancelled, streams end.
    func end() {
        let (running, streams, announcements) = state.withLock { state in
            state.isEnded = true
            return (Array(state.running.values), Array(state.streams.values), state.announcements)
        }
        requests.close(TransportError.closed("the session has ended"))
        announcements?.cancel()
        for task in running { task.cancel() }
        for stream in streams { stream.finish() }
        store.removeSession(id)
    }

    private func start(
        _ request: JSONRPCRequest, _ principal: Principal?, _ stream: SessionStream, _ remaining: Countdown, _ pace: HandlerPace.Record?
    ) async {
        let immediate: JSONRPCResponse? = state.withLock { state in
            if state.isEnded { return JSONRPCResponse(id: request.id, JSONRPCError(.invalidRequest, "The session has ended")) }
            if state.running[request.id] != nil {
                return JSONRPCResponse(
                    id: request.id, JSONRPCError(.invalidRequest, "Invalid request: a request with this id is under way; use a new id"))
            }
            if state.running.count >= server.configuration.maximumConcurrentRequests {
                return JSONRPCResponse(
                    id: request.id,
                    JSONRPCError(.internalError, "The server is busy: too many requests of this session run; send it again later"))
            }
            switch state.session.receive(.request(request)) {
            case .respond(let response), .opened(let response): return response
            case .serve(let request, var peer):
                peer.principal = principal
                peer.connection = connection
                peer.backChannel = StreamBackChannel(
                    stream: stream, requests: requests, isResumable: HandshakeExchange.opensWithEvent(peer.revision))
                let served = peer
                // The session owns the handler: it runs on when the client's connection is lost, and ends with the session.
                state.running[request.id] = Task(executorPreference: CurrentExecutor.preference) { [self] in
                    let began = ContinuousClock.Instant.now
                    let response = await server.kernel.respond(to: request, peer: served) { try await stream.send(.notification($0)) }
                    // A client that has taken the request back gets no response, also where it does so while this one waits for it.
                    if !Task.isCancelled { try? await stream.send(.response(response)) }
                    pace?.note(since: began, response)
                    let isEnded = self.state.withLock { state in
                        state.running[request.id] = nil
                        return state.isEnded
                    }
                    remaining.decrement()
                    // What was on its way when the session ended may have been kept after it.
                    if isEnded { store.removeSession(id) }
                }
                return nil
            case .ready, .cancel, .deliver, .take, .ignore: return nil
            }
        }
        if let immediate {
            try? await stream.send(.response(immediate))
            remaining.decrement()
        }
    }
}

/// Runs something when all of a number of things have ended.
final class Countdown: Sendable {
    private let remaining: Mutex<Int>
    private let done: @Sendable () -> Void

    init(_ count: Int, done: @escaping @Sendable () -> Void) {
        remaining = Mutex(count)
        self.done = done
        if count == 0 { done() }
    }

    func decrement() {
        let isDone = remaining.withLock { remaining in
            remaining -= 1
            return remaining == 0
        }
        if isDone { done() }
    }
}

/// Asks the client on the stream of the request that needs the answer.
struct StreamBackChannel: BackChannel {
    let stream: SessionStream
    let requests: PendingRequests
    /// Whether the client can take the stream up again wherever it breaks off.
    let isResumable: Bool

    func closeConnection(retryAfter duration: Duration?) {
        if isResumable { stream.closeConnection(retry: duration.map { max($0, .zero) }) }
    }

    func request(_ method: String, params: JSONObject) async throws -> JSONObject {
        try await requests.request(method, params: params) {
            try await stream.send($0)
        } cancelled: { id in
            try? await stream.send(.notification(JSONRPCNotification(method: "notifications/cancelled", params: ["requestId": id.json])))
        }
    }
}
