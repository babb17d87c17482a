extension ServerConnection {
    private static let idInUse = JSONRPCError(.invalidRequest, "Invalid request: a request with this id is under way; use a new id")
    private static let busy = JSONRPCError(
        .internalError, "The server is busy: too many requests of this connection are under way; send it again later")

    /// Starts a request, queues it, or refuses it.
    /// - Returns: The response that refuses it.
    func begin(_ next: WaitingRequest) -> JSONRPCResponse? {
        let id = next.request.id
        let kernel = server.kernel
        let refusal: JSONRPCError? = state.withLock { state in
            if state.isAbandoned { return nil }
            let mayRun = state.running < max(kernel.configuration.maximumConcurrentRequests, 1)
            guard state.hasRoom(for: next.bytes, kernel.configuration.maximumBytesUnderWay),
                mayRun || state.waiting.count < kernel.configuration.maximumWaitingRequests
            else { return state.underWay[id] == nil ? Self.busy : Self.idInUse }
            if mayRun {
                guard state.underWay.add(id, { .runs(start(next, on: state.executor)) }) else { return Self.idInUse }
                state.hasStarted(next.request)
            } else {
                let number = state.waiting.nextNumber
                guard state.underWay.add(id, { .waits(number) }) else { return Self.idInUse }
                state.waiting.append(next)
            }
            state.bytesUnderWay += next.bytes
            return nil
        }
        return refusal.map { JSONRPCResponse(id: id, $0) }
    }

    /// Cancels a request: its handler is told, and nothing more is sent for it.
    /// - Parameter reason: The client's, for the operator.
    func cancel(_ id: RequestID, reason: String?) async {
        let (isKnown, running, queued) = state.withLock { state -> (Bool, Task<Void, Never>?, ResponseRoute?) in
            switch state.underWay[id] {
            case nil: return (false, nil, nil)
            case .runs(let task): return (true, task, nil)
            case .waits(let number):
                state.underWay[id] = nil
                guard let removed = state.waiting.remove(number) else { return (false, nil, nil) }
                state.bytesUnderWay -= removed.bytes
                return (true, nil, removed.route)
            }
        }
        // Behind the lock: it calls cancellation handlers, of the author's too.
        running?.cancel()
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
            for next in state.waiting.removeAll() {
                state.underWay[next.request.id] = nil
                state.bytesUnderWay -= next.bytes
            }
            let spared = spared(state)
            return state.underWay.all.compactMap { id, request -> Task<Void, Never>? in
                guard case .runs(let task) = request, !spared.contains(id) else { return nil }
                return task
            }
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
                    if state.running == 0 { return true }
                    state.drained = continuation
                    return false
                }
                if isIdle { continuation.resume() }
            }
        } onCancel: {
            close()
        }
    }

    nonisolated(nonsending) func answer(_ response: JSONRPCResponse?, _ route: ResponseRoute) async {
        switch route {
        case .connection: if let response { await write(response.serialized()) }
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

    private func start(_ next: WaitingRequest, on executor: (any TaskExecutor)?) -> Task<Void, Never> {
        // One task a request, so that the client can cancel each by itself. `run` does not return before all of them have ended.
        Task(executorPreference: executor) { [self] in
            let response = await server.kernel.response(to: next.request, peer: next.peer, notify: notify)
            await answer(Task.isCancelled ? nil : response, next.route)
            ended(next.request.id, next.bytes)
        }
    }

    private func ended(_ id: RequestID, _ bytes: Int) {
        let drained = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.underWay[id] = nil
            state.running -= 1
            if !state.listening.isEmpty { state.listening.remove(id) }
            state.bytesUnderWay -= bytes
            if let next = state.waiting.popFirst() {
                state.underWay[next.request.id] = .runs(start(next, on: state.executor))
                state.hasStarted(next.request)
            }
            guard state.running == 0 else { return nil }
            defer { state.drained = nil }
            return state.drained
        }
        drained?.resume()
    }
}

extension ServerConnection.State {
    fileprivate mutating func hasStarted(_ request: JSONRPCRequest) {
        running += 1
        if request.method.hasSameBytes(as: SubscriptionsFeature.method) { listening.insert(request.id) }
    }

    /// Whether a message may be taken beside those that are under way. One that is longer than all may be together is taken where the others keep to the limit: else
    /// nobody could ever send it.
    fileprivate func hasRoom(for bytes: Int, _ maximum: Int) -> Bool {
        bytesUnderWay + bytes <= maximum || (bytes > maximum && bytesUnderWay <= maximum)
    }
}
