/// Who listens to a session of the handshake era, and what the server watches for them.
extension ClientConnection {
    /// - Returns: What `endListening` is given.
    func beginListening(_ listener: ChangeListener) -> Int {
        state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = listener
            return state.nextListener
        }
    }

    /// Counts a listener of a resource.
    /// - Returns: Whether the server is to be asked to watch it.
    /// - Throws: `CancellationError`.
    func beginWatching(_ uri: String, for listener: Int) async throws -> Bool {
        let leaving = state.withLock { state in state.watched.begin(uri, for: listener) ? Array(state.leaving.values) : nil }
        guard let leaving else { return false }
        // What is let go goes first: it may be this resource, and it makes room for others.
        for task in leaving { try await task.cancellableValue() }
        return true
    }

    /// Does nothing the second time.
    /// - Parameter options: Those that the listener began with.
    func endListening(_ key: Int, _ options: RequestOptions) {
        state.withLock { state in
            guard let listener = state.listeners.removeValue(forKey: key), let revision = state.agreement?.revision else { return }
            let left = state.watched.end(listener.acknowledged.resourceSubscriptions, for: key)
            guard !left.isEmpty, !state.isClosed else { return }
            // Unstructured: who lets go does not wait. `close` cancels it.
            state.leaving[key] = Task { [self] in
                for uri in left { await unsubscribe(from: uri, revision, options) }
                self.state.withLock { $0.leaving[key] = nil }
            }
        }
    }

    private func unsubscribe(from uri: String, _ revision: ProtocolRevision, _ options: RequestOptions) async {
        let outgoing = Outgoing(
            method: "resources/unsubscribe", params: ["uri": .string(uri)], revision: revision, options: options,
            timeout: options.timeout ?? configuration.requestTimeout, isCancellable: false)
        do { _ = try await send(outgoing) } catch is CancellationError {} catch {
            configuration.diagnostics(.ignored("the server goes on watching \(uri): \(error)"))
        }
    }
}
