import Synchronization

/// The wire of a client: ids, `_meta`, time-outs, cancellation, and what the server sends by itself.
final class ClientConnection: Sendable {
    struct State {
        var nextID: Int64 = 1
        var agreement: ServerAgreement?
        /// Requests of the server that are being answered, by their ids.
        var answering: [RequestID: Answering] = [:]
        /// How often the server has asked, by method.
        var questions: [String: AskingRecord] = [:]
        var pages = AskedPages()
        /// How many requests of the server there were.
        var asked = 0
        /// Calls under way in which the server may ask.
        var askingCalls: [RequestID: CallUnderWay] = [:]
        var listeners: [Int: ChangeListener] = [:]
        var nextListener = 0
        var observers: [Int: AsyncStream<JSONRPCNotification>.Continuation] = [:]
        /// As it was set since; the configuration's until then.
        var logLevel: LoggingLevel?
        /// The resources that the session was asked to watch.
        var watched = WatchedResources()
        /// What tells the server that nobody listens any more, by listeners.
        var leaving: [Int: Task<Void, any Error>] = [:]
        /// Which session this is, counted from 0.
        var generation = 0
        /// What opens the next session.
        var recovery: Task<Void, any Error>?
        /// Looks after a server that is started again when it has gone.
        var watcher: Task<TransportError?, any Error>?
        var attempts: RestartAttempts?
        /// Why the connection is over for good.
        var end: TransportError?
        /// Asks again and again whether the server is there.
        var keeper: Task<Void, Never>?
        var isClosed = false
    }

    let transport: any ClientTransport
    let configuration: ClientConfiguration
    let cache: ClientCache?
    let catalogue = ToolCatalogue()
    let state = Mutex(State())
    private let deadlines: DeadlineWatch
    /// What each request of the latest revision says of the client.
    private let standingMeta: JSONObject

    init(transport: any ClientTransport, configuration: ClientConfiguration) {
        self.transport = transport
        self.configuration = configuration
        deadlines = DeadlineWatch(clock: configuration.clock)
        standingMeta = configuration.standingMeta(in: .latest)
        cache = ClientCache(transport: transport, configuration: configuration)
    }

    /// A request as it is to be sent.
    struct Outgoing {
        var method: String
        var params: JSONObject = [:]
        var revision: ProtocolRevision
        var options = RequestOptions()
        /// `nil` for a request that lasts as long as its task.
        var timeout: Duration?
        var parameterHeaders: [(name: String, value: String)] = []
        /// Whether the server is told when nobody waits any more.
        var isCancellable = true
        /// Whether the request opens a session, so that it cannot wait for one.
        var isPartOfNegotiation = false
        /// Takes the notifications of the request that are no progress.
        var receive: (@Sendable (JSONRPCNotification) async -> Void)?

        /// Whether the server is asked to tell its progress: for whoever listens to it, and where it is to extend the time-out.
        var wantsProgress: Bool {
            if options.progress != nil { return true }
            guard let maximum = options.maximumTime, let timeout else { return false }
            return maximum > timeout
        }
    }

    /// Starts the transport, once or after the server has gone.
    func start() async throws {
        transport.whenSessionEnds { [weak self] in self?.sessionEnded() }
        try await transport.start(
            receive: { [weak self] message in await self?.receive(message, of: nil) },
            report: configuration.diagnostics)
    }

    /// Sends a request as it is, on the session that there is now.
    /// - Throws: `JSONRPCError` of the server, `TransportError`, `ClientError.timedOut`, `CancellationError`.
    nonisolated(nonsending) func sendOnce(_ outgoing: Outgoing) async throws -> JSONObject {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return RequestID.integer(state.nextID)
        }
        guard let tracing = configuration.tracing else { return try await sendOnce(outgoing, id: id) }
        let traced = TracedRequest(id: id, method: outgoing.method, params: outgoing.params, revision: outgoing.revision)
        return try await tracing.send(traced) { trace in try await sendOnce(outgoing, id: id, trace: trace) }
    }

    /// - Parameter trace: Further members of `_meta`; those that the caller gave come first.
    nonisolated(nonsending) private func sendOnce(_ outgoing: Outgoing, id: RequestID, trace: JSONObject = [:]) async throws -> JSONObject {
        let request = JSONRPCRequest(id: id, method: outgoing.method, params: envelope(outgoing, id: id, trace: trace))
        let metadata = ExchangeMetadata(
            revision: outgoing.revision, routingName: routingName(of: outgoing), parameterHeaders: outgoing.parameterHeaders,
            headers: outgoing.options.headers, isPartOfOpening: outgoing.isPartOfNegotiation)
        let deadline = outgoing.timeout.map {
            RequestDeadline(
                timeout: $0, maximum: outgoing.options.maximumTime ?? configuration.maximumRequestTime, clock: configuration.clock)
        }
        let call = callUnderWay(outgoing, id: id, deadline: deadline)
        if let call { state.withLock { $0.askingCalls[id] = call } }
        defer { if call != nil { callEnded(id) } }
        do {
            let response = try await exchange(request, outgoing, metadata, deadline, call)
            if case .failure = response.result { await note(response) }
            let result = try response.result.get()
            remember(outgoing)
            return result
        } catch {
            if outgoing.isCancellable, error.endsRequest { tellCancelled(id, outgoing, because: error) }
            throw error
        }
    }

    private func routingName(of outgoing: Outgoing) -> String? {
        for item in configuration.extensions {
            if let name = item.routingName(of: outgoing.method, outgoing.params) { return name }
        }
        return nil
    }

    /// Closes the transport and ends what the client does by itself.
    func close() async {
        let (tasks, leaving, listeners, recovery, watcher, keeper) = state.withLock { state in
            state.isClosed = true
            defer {
                state.listeners = [:]
                state.answering = [:]
            }
            return (
                state.answering.values.map(\.task), Array(state.leaving.values), Array(state.listeners.values), state.recovery, state.watcher, state.keeper
            )
        }
        keeper?.cancel()
        watcher?.cancel()
        recovery?.cancel()
        for task in tasks { task.cancel() }
        for task in leaving { task.cancel() }
        for listener in listeners { listener.finish(nil) }
        for observer in state.withLock({ Array($0.observers.values) }) { observer.finish() }
        await transport.close()
        _ = await recovery?.result
        _ = await watcher?.result
        await keeper?.value
        // Last: until then a time-out may be what ends a request.
        deadlines.close()
    }

    nonisolated(nonsending) private func exchange(
        _ request: JSONRPCRequest, _ outgoing: Outgoing, _ metadata: ExchangeMetadata, _ deadline: RequestDeadline?, _ call: CallUnderWay?
    ) async throws -> JSONRPCResponse {
        // Whoever is cancelled sends no request, and takes no room from those that wait for it.
        try Task.checkCancellation()
        guard let started = try transport.begin(request) else {
            let receiver = MessageReceiver(connection: self, request, outgoing, metadata, deadline, call)
            // A task of its own, because a time-out cancels the exchange and not whoever asked. It never outlives this function.
            let work = Task.startingHere { [transport] in
                try await RequestDeadline.$current.withValue(deadline) {
                    try await transport.exchange(request, metadata: metadata) { await receiver.take($0) }
                }
            }
            return try await value(of: work, before: deadline, method: request.method)
        }
        defer { started.end() }
        // Most requests get their response and nothing before it: the waiting for that alone is ended by a time-out, and needs no task.
        switch await first(of: started, before: deadline) {
        case .outcome(.success(let response)): return response
        case .outcome(.failure(let error)): throw deadline?.error(of: request.method) ?? error
        case .cancelled: throw deadline?.error(of: request.method) ?? CancellationError()
        case .message(let message):
            let receiver = MessageReceiver(connection: self, request, outgoing, metadata, deadline, call)
            // As above: whoever takes messages may take its time.
            let work = Task.startingHere {
                try await RequestDeadline.$current.withValue(deadline) {
                    await receiver.take(message)
                    return try await started.response { await receiver.take($0) }
                }
            }
            return try await value(of: work, before: deadline, method: request.method)
        }
    }

    nonisolated(nonsending) private func first(of started: StartedExchange, before deadline: RequestDeadline?) async -> ExchangeInbox.Item {
        let ticket = deadline.map { deadlines.begin($0) { started.giveUp() } }
        defer { if let ticket { deadlines.end(ticket) } }
        return await started.next()
    }

    /// Waits for what is done for a request, and cancels it when its time is over or the task that waits is cancelled.
    /// - Throws: What the work does; `ClientError.timedOut`.
    nonisolated(nonsending) func value<Value: Sendable>(of work: Task<Value, any Error>, before deadline: RequestDeadline?, method: String) async throws
        -> Value
    {
        let ticket = deadline.map { deadlines.begin($0) { work.cancel() } }
        defer { if let ticket { deadlines.end(ticket) } }
        do {
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        } catch {
            throw deadline?.error(of: method) ?? error
        }
    }

    /// The params with the `_meta` that the era demands (2026-07-28, basic, "Per-request protocol fields").
    private func envelope(_ outgoing: Outgoing, id: RequestID, trace: JSONObject) -> JSONObject {
        var params = outgoing.params
        var meta = trace
        if let given = params["_meta"]?.object { meta.merge(given) }
        meta.merge(outgoing.options.meta)
        if outgoing.wantsProgress { meta[MetaKey.progressToken] = id.json }
        if outgoing.revision.era == .perRequest {
            meta.merge(outgoing.revision == .latest ? standingMeta : configuration.standingMeta(in: outgoing.revision))
            if let level = state.withLock({ $0.logLevel }) ?? configuration.logLevel { meta[MetaKey.logLevel] = .string(level.rawValue) }
        }
        if !meta.isEmpty { params["_meta"] = .object(meta) }
        return params
    }

    /// Handlers of a call that differ from the client's.
    func handlers(of options: RequestOptions) -> ClientInputHandlers? {
        guard let elicit = options.elicit else { return nil }
        var handlers = configuration.input
        handlers.elicit = elicit
        return handlers
    }

    private func tellCancelled(_ id: RequestID, _ outgoing: Outgoing, because error: any Error) {
        let revision = outgoing.revision
        let reason = if case ClientError.timedOut = error { "No answer in time" } else { "Nobody waits for the answer" }
        configuration.diagnostics(.cancelled(method: outgoing.method, id: id, reason: reason, by: .client))
        // On HTTP the closed response stream is the signal in the per-request era, and none in the handshake era.
        guard transport.binding == .stream || revision.era == .handshake else { return }
        let notification = JSONRPCNotification(
            method: "notifications/cancelled", params: ["requestId": id.json, "reason": .string(reason)])
        // Unstructured: the task that asked is cancelled, and must not wait for a server that does not read.
        Task { try? await tell(notification, revision, headers: outgoing.options.headers, again: false) }
    }
}

extension Error {
    /// Whether the request may still be under way at the server.
    var endsRequest: Bool {
        if self is CancellationError { return true }
        return if case .timedOut? = self as? ClientError { true } else { false }
    }
}
