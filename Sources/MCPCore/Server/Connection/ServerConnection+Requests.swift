extension ServerConnection {
    private static let busy = JSONRPCError(
        .internalError, "The server is busy: too many requests of this connection are under way; send it again later")

    /// Starts a request, queues it, or refuses it.
    func begin(_ next: WaitingRequest) async {
        let configuration = server.configuration
        let id = next.request.id
        let refusal: JSONRPCError? = state.withLock { state in
            if state.isAbandoned { return nil }
            if state.running[id] != nil || state.waiting.contains(id) {
                return JSONRPCError(.invalidRequest, "Invalid request: a request with this id is under way; use a new id")
            }
            guard state.hasRoom(for: next.bytes, configuration.maximumBytesUnderWay) else { return Self.busy }
            if state.running.count < max(configuration.maximumConcurrentRequests, 1) {
                state.bytesUnderWay += next.bytes
                start(next, &state)
                return nil
            }
            guard state.waiting.count < configuration.maximumWaitingRequests else { return Self.busy }
            state.bytesUnderWay += next.bytes
            state.waiting.append(next, for: id)
            return nil
        }
        if let refusal { await answer(JSONRPCResponse(id: id, refusal), next.route) }
    }

    /// Cancels a request: its handler is told, and nothing more is sent for it.
    /// - Parameter reason: The client's, for the operator.
    func cancel(_ id: RequestID, reason: String?) async {
        let (isKnown, queued) = state.withLock { state -> (Bool, ResponseRoute?) in
            if let task = state.running[id] {
                task.cancel()
                return (true, nil)
            }
            guard let removed = state.waiting.remove(id) else { return (false, nil) }
            state.bytesUnderWay -= removed.bytes
            return (true, removed.route)
        }
        if isKnown { server.configuration.diagnostics(.cancelled(id: id, reason: reason)) }
        // Its batch may have waited for this one alone.
        if let queued { await answer(nil, queued) }
    }

    /// Cancels everything: the client is gone.
    func abandon() { abandon(sparing: { _ in [] }) }

    /// - Parameter spared: The requests that are not cancelled.
    private func abandon(sparing spared: (State) -> Set<RequestID>) {
        requests.close(TransportError.closed("the client is gone"))
        server.kernel.subscriptions.finish(owner: id)
        let running = state.withLock { state in
            state.isAbandoned = true
            for next in state.waiting.removeAll() { state.bytesUnderWay -= next.bytes }
            let spared = spared(state)
            return state.running.filter { !spared.contains($0.key) }.map(\.value)
        }
        for task in running { task.cancel() }
    }

    /// The server ends the connection: everything is cancelled but subscriptions, which end with their responses (2026-07-28, basic/patterns/subscriptions,
    /// "Graceful Closure").
    private func close() {
        abandon(sparing: \.listening)
        guard state.withLock({ !$0.listening.isEmpty }) else { return }
        // Unstructured, since who cancels cannot wait: for a client that takes no response. `run` ends it.
        let ending = Task(executorPreference: CurrentExecutor.preference) { [self] in
            if (try? await sleep(Self.closingPeriod)) != nil { abandon() }
        }
        state.withLock { $0.ending = ending }
    }

    /// How long the last responses may take to be written.
    private static var closingPeriod: Duration { .seconds(1) }

    /// Waits until nothing is under way.
    func drain() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isIdle = state.withLock { state in
                    if state.running.isEmpty { return true }
                    state.drained = continuation
                    return false
                }
                if isIdle { continuation.resume() }
            }
        } onCancel: {
            close()
        }
    }

    func answer(_ response: JSONRPCResponse?, _ route: ResponseRoute) async {
        switch route {
        case .connection: if let response { await send(.response(response)) }
        case .batch(let batch):
            guard let all = batch.add(response) else { return }
            let bytes = all.serialized()
            do { try await sink.write(bytes) } catch is CancellationError {
                // Only the last request of the batch has been taken back. A sink has some room for those who cannot wait.
                await write(bytes)
            } catch {
                abandon()
            }
        }
    }

    private func start(_ next: WaitingRequest, _ state: inout State) {
        let (request, peer, route, bytes) = (next.request, next.peer, next.route, next.bytes)
        // One task a request, so that the client can cancel each by itself. `run` does not return before all of them have ended.
        if request.method == SubscriptionsFeature.method { state.listening.insert(request.id) }
        state.running[request.id] = Task(executorPreference: CurrentExecutor.preference) { [self] in
            let response = await server.kernel.respond(to: request, peer: peer) { [sink] notification in
                try await sink.write(notification.serialized())
            }
            await answer(Task.isCancelled ? nil : response, route)
            ended(request.id, bytes)
        }
    }

    private func ended(_ id: RequestID, _ bytes: Int) {
        let drained = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.running[id] = nil
            if !state.listening.isEmpty { state.listening.remove(id) }
            state.bytesUnderWay -= bytes
            if let next = state.waiting.popFirst() { start(next, &state) }
            guard state.running.isEmpty else { return nil }
            defer { state.drained = nil }
            return state.drained
        }
        drained?.resume()
    }
}

extension ServerConnection.State {
    /// Whether a message may be taken beside those that are under way. One that is longer than all may be together is taken where the others keep to the limit: else
    /// nobody could ever send it.
    fileprivate func hasRoom(for bytes: Int, _ maximum: Int) -> Bool {
        bytesUnderWay + bytes <= maximum || (bytes > maximum && bytesUnderWay <= maximum)
    }
}
