/// What a client does by itself when the server has lost the session or has gone: it opens a new one, and goes on.
///
/// A connection has generations, one a session. Whoever meets the end of one asks for the recovery of that generation; there is one at a time,
/// and all wait for it.
extension ClientConnection {
    /// Sends a request with an id of its own and waits for the response.
    ///
    /// Where the server has ended the session (Streamable HTTP, handshake era; 2025-11-25, basic/transports, "Session Management"), a new one is
    /// opened and the request sent again, once: the server has refused it before it did anything. A request that was under way when a
    /// server on a stream died may have had effects, and is never sent again.
    /// - Throws: `JSONRPCError` of the server, `TransportError`, `ClientError.timedOut`, `ClientError.sessionLost`, `CancellationError`.
    nonisolated(nonsending) func send(_ outgoing: Outgoing) async throws -> JSONObject {
        guard !outgoing.isPartOfNegotiation else { return try await sendOnce(outgoing) }
        let (generation, running, end) = state.withLock { ($0.generation, $0.recovery, $0.end) }
        if let end { throw end }
        if let running = running ?? recoveryOfLostServer(generation) {
            try await wait(for: running, outgoing)
            return try await sendOnce(outgoing)
        }
        do { return try await sendOnce(outgoing) } catch TransportError.sessionEnded {
            if let recovery = recovery(of: generation) { try await wait(for: recovery, outgoing) }
            return try await sendOnce(outgoing)
        }
    }

    /// Sends a notification, in the session that there is.
    ///
    /// Where the server has ended it, a new one is opened (2025-11-25, basic/transports, "Session Management").
    /// - Parameters:
    ///   - headers: Further HTTP headers.
    ///   - again: Whether the notification is repeated in the new session; one that belongs to the old session is not.
    /// - Throws: `TransportError`, `ClientError.timedOut`, `ClientError.sessionLost`, `CancellationError`.
    func tell(
        _ notification: JSONRPCNotification, _ revision: ProtocolRevision, headers: [(name: String, value: String)] = [], again: Bool = true
    ) async throws {
        let metadata = ExchangeMetadata(revision: revision, headers: headers)
        let (generation, running) = state.withLock { ($0.generation, $0.recovery) }
        let waiting = Outgoing(method: notification.method, revision: revision, timeout: configuration.requestTimeout)
        if again, let running = running ?? recoveryOfLostServer(generation) { try await wait(for: running, waiting) }
        do { try await post(.notification(notification), metadata, method: notification.method) } catch TransportError.sessionEnded {
            let recovery = recovery(of: generation)
            guard again else { throw TransportError.sessionEnded }
            if let recovery { try await wait(for: recovery, waiting) }
            try await post(.notification(notification), metadata, method: notification.method)
        }
    }

    /// Sends what has no answer. A server need not take it, and what waits for it, as a recovery does, is to end: it has the time of a request.
    /// - Parameter method: What a time-out names.
    /// - Throws: `TransportError`, `ClientError.timedOut`, `CancellationError`.
    func post(_ message: JSONRPCMessage, _ metadata: ExchangeMetadata, method: String) async throws {
        let deadline = RequestDeadline(timeout: configuration.requestTimeout, maximum: configuration.requestTimeout, clock: configuration.clock)
        // A task of its own, for the time-out to cancel. It never outlives this function.
        let work = Task.startingHere { [transport] in
            // Its own, so that a sign-in in the middle of it stops its time.
            try await RequestDeadline.$current.withValue(deadline) { try await transport.send(message, metadata: metadata) }
        }
        try await value(of: work, before: deadline, method: method)
    }

    /// Begins to open a new session in the place of that generation's, unless that has been done.
    /// - Returns: What is under way; `nil` where nothing is left to do.
    @discardableResult func recovery(of generation: Int) -> Task<Void, any Error>? {
        state.withLock { state in
            if let running = state.recovery { return running }
            guard state.generation == generation, !state.isClosed, state.end == nil else { return nil }
            // Unstructured: all who wait share it, and none of them may end it for the others. `close` cancels it.
            let task = Task { [self] in
                do {
                    try await renew()
                    self.state.withLock { state in
                        state.generation += 1
                        state.recovery = nil
                    }
                    tellWhatMayHaveChanged()
                } catch {
                    self.state.withLock { $0.recovery = nil }
                    throw error
                }
            }
            state.recovery = task
            return task
        }
    }

    /// Begins a recovery of the session that there is now.
    func sessionEnded() { recovery(of: state.withLock { $0.generation }) }

    private func renew() async throws {
        forgetServerRequests()
        if transport.binding == .stream { return try await restart() }
        do { try await openSession() } catch let error as CancellationError {
            throw error
        } catch {
            throw ClientError.sessionLost(error)
        }
    }

    /// Opens a session like the one that there was.
    func openSession() async throws {
        try await reopen()
        try await restore()
    }

    /// Agrees with the server anew, on the revision that there was: what has been read and what is under way is written in it.
    private func reopen() async throws {
        guard let revision = state.withLock({ $0.agreement?.revision }) else { return }
        let agreement = revision.era == .handshake ? try await handshake(offering: revision, exactly: true) : try await discover(revision)
        state.withLock { $0.agreement = agreement }
    }

    /// Requests of the server that are being answered belong to the session that is over; the next one uses their ids again.
    private func forgetServerRequests() {
        let tasks = state.withLock { state in
            defer { state.answering = [:] }
            return state.answering.values.map(\.task)
        }
        for task in tasks { task.cancel() }
    }

    /// Asks again for what the old session was told to do.
    private func restore() async throws {
        let (agreement, watched, level) = state.withLock { ($0.agreement, $0.watched.entries, $0.logLevel) }
        guard let revision = agreement?.revision, revision.era == .handshake else { return }
        var requests = watched.map { (method: "resources/subscribe", params: ["uri": .string($0.uri)] as JSONObject, headers: $0.headers) }
        if let level { requests.append(("logging/setLevel", ["level": level.json], [])) }
        for (method, params, headers) in requests {
            let outgoing = Outgoing(
                method: method, params: params, revision: revision, options: RequestOptions(headers: headers), timeout: configuration.requestTimeout,
                isPartOfNegotiation: true)
            do { _ = try await sendOnce(outgoing) } catch let error where Self.isRefusal(error) {
                configuration.diagnostics(.ignored("the new session refuses \(method): \(error)"))
            }
        }
    }

    /// Whether the server will not do one thing, while the session is there all the same. Over HTTP some errors come with a status of their own.
    private static func isRefusal(_ error: any Error) -> Bool {
        switch error {
        case is JSONRPCError, TransportError.httpStatus(_, _, error: .some), ClientError.timedOut: true
        default: false
        }
    }

    /// What changed between the two sessions was told to nobody, so that everything that somebody listens to counts as changed.
    private func tellWhatMayHaveChanged() {
        for change in ServerChange.lists { forget(change) }
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.addAll() }
    }

    /// Forgets what the client keeps of what has changed.
    func forget(_ change: ServerChange) {
        cache?.invalidate(change)
        if change == .toolsListChanged { catalogue.forget() }
    }

    /// Waits for a recovery, no longer than the request may take.
    nonisolated(nonsending) private func wait(for recovery: Task<Void, any Error>, _ outgoing: Outgoing) async throws {
        let deadline = outgoing.timeout.map { RequestDeadline(timeout: $0, maximum: $0, clock: configuration.clock) }
        // A task of its own, for the time-out to cancel. It never outlives this function.
        let work = Task { try await recovery.cancellableValue() }
        try await value(of: work, before: deadline, method: outgoing.method)
    }

    /// Remembers what a session has been told to do, for the next one.
    func remember(_ outgoing: Outgoing) {
        guard outgoing.revision.era == .handshake else { return }
        state.withLock { state in
            switch (outgoing.method, outgoing.params["uri"]?.string) {
            case ("resources/subscribe", let uri?): state.watched.subscribed(.init(uri: uri, headers: outgoing.options.headers))
            case ("resources/unsubscribe", let uri?): state.watched.unsubscribed(uri)
            case ("logging/setLevel", _): state.logLevel = outgoing.params["level"]?.string.flatMap(LoggingLevel.init(rawValue:))
            default: break
            }
        }
    }
}

extension Task where Failure == any Error {
    /// The value, or `CancellationError` once the task that waits is cancelled; `value` would go on waiting.
    func cancellableValue() async throws -> Success {
        let (results, continuation) = AsyncStream<Result<Success, any Error>>.makeStream()
        Task<Void, Never> {
            continuation.yield(await result)
            continuation.finish()
        }
        for await result in results { return try result.get() }
        throw _Concurrency.CancellationError()
    }
}
