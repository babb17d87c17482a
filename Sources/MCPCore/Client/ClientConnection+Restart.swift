/// What a client does by itself when a server on a stream has gone (`RestartPolicy`).
extension ClientConnection {
    /// Begins to look after the server, where the configuration wants it started again.
    func watchOver() {
        guard let policy = configuration.restart, transport.binding == .stream else { return }
        state.withLock { state in
            guard !state.isClosed, state.watcher == nil else { return }
            state.attempts = RestartAttempts(policy, startedAt: configuration.clock.now())
            // Unstructured: it lives as long as the connection; `close` ends it and waits for it.
            state.watcher = Task<TransportError?, any Error> { [self] in await watch() }
        }
    }

    /// Waits until the server has gone for good, and says why; `nil` once the connection is closed or the task cancelled.
    func waitUntilEnd() async -> TransportError? {
        guard let watcher = state.withLock({ $0.watcher }) else { return await transport.waitUntilEnd() }
        return try? await watcher.cancellableValue()
    }

    /// Whether a server that has gone is started again.
    private var isRestarted: Bool { state.withLock { $0.attempts != nil && $0.end == nil && !$0.isClosed } }

    /// What starts a server again that is not there; `nil` where it is, or is not to be started again.
    func recoveryOfLostServer(_ generation: Int) -> Task<Void, any Error>? {
        isRestarted && !transport.isConnected ? recovery(of: generation) : nil
    }

    /// Sends a request that lasts until the server ends it, and again to each server that is started in the place of one that has gone.
    func sendToEachServer(_ outgoing: Outgoing) async throws -> JSONObject {
        while true {
            let generation = state.withLock { $0.generation }
            do { return try await send(outgoing) } catch TransportError.closed where isRestarted {
                try await recovery(of: generation)?.cancellableValue()
            }
        }
    }

    private func watch() async -> TransportError? {
        while !Task.isCancelled {
            let generation = state.withLock { $0.generation }
            guard await transport.waitUntilEnd() != nil else { return nil }
            // A request that met the end may have begun it.
            _ = await recovery(of: generation)?.result
            if let end = state.withLock({ $0.end }) { return end }
        }
        return nil
    }

    /// Starts the server again, as often as the policy allows.
    /// - Throws: What the last try failed with; the connection is then over.
    func restart() async throws {
        let clock = configuration.clock
        var failure: any Error = await transport.waitUntilEnd() ?? TransportError.closed("the server has gone")
        configuration.diagnostics(.serverGone(reason: "\(failure)"))
        state.withLock { $0.attempts?.ended(at: clock.now()) }
        while let pause = state.withLock({ $0.attempts?.nextPause() }) {
            try await clock.sleep(for: pause)
            do {
                try await start()
                try await openSession()
                state.withLock { $0.attempts?.succeeded(at: clock.now()) }
                return
            } catch let error as CancellationError {
                throw error
            } catch {
                failure = error
                configuration.diagnostics(.serverGone(reason: "it could not be started again: \(error)"))
            }
        }
        let count = state.withLock { $0.attempts?.count } ?? 0
        let end = TransportError.closed("the server has gone, and starting it again failed \(count) times: \(failure)")
        let listeners = state.withLock { state in
            state.end = end
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish(end) }
        throw end
    }
}
