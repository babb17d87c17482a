/// How a client asks by itself whether the server of a session is still there (`ping`; 2025-11-25, basic/utilities/ping). Off unless a configuration has one.
///
/// A server that misses too many pings counts as gone. On a stream its connection is ended, so that calls under way fail and the server is started again where
/// `ClientConfiguration.restart` says so; over HTTP the client opens a new session. Each miss is a diagnostic.
public struct KeepAlive: Sendable, Hashable {
    /// The pause between an answer and the next ping.
    public var interval: Duration
    /// How long an answer may take.
    public var timeout: Duration
    /// How many misses in a row make the connection a lost one, at least 1.
    public var maximumMisses: Int

    public init(interval: Duration = .seconds(30), timeout: Duration = .seconds(10), maximumMisses: Int = 1) {
        self.interval = interval
        self.timeout = timeout
        self.maximumMisses = max(maximumMisses, 1)
    }
}

extension ClientConnection {
    /// Begins to ping, where the configuration wants it and the revision has it.
    func keepAlive() {
        guard let policy = configuration.keepAlive, let revision = state.withLock({ $0.agreement?.revision }), revision.era == .handshake else { return }
        state.withLock { state in
            guard !state.isClosed, state.keeper == nil else { return }
            // Unstructured: it lives as long as the connection; `close` ends it and waits for it.
            state.keeper = Task { [self] in await ping(policy, revision) }
        }
    }

    private func ping(_ policy: KeepAlive, _ revision: ProtocolRevision) async {
        var misses = 0
        while !Task.isCancelled {
            var generation = 0
            do {
                try await configuration.clock.sleep(for: policy.interval)
                generation = state.withLock(\.generation)
                _ = try await send(Outgoing(method: "ping", revision: revision, timeout: policy.timeout, isCancellable: false))
                misses = 0
            } catch is CancellationError {
                return
            } catch is JSONRPCError {
                // Whoever refuses is there.
                misses = 0
            } catch {
                // What fell into a recovery says nothing of the server that is being started, or of the session that is being opened.
                guard state.withLock({ $0.recovery == nil && $0.generation == generation }) else {
                    misses = 0
                    continue
                }
                misses += 1
                configuration.diagnostics(.pingFailed(reason: "\(error)", misses: misses))
                guard misses >= policy.maximumMisses else { continue }
                misses = 0
                guard await give(up: error) else { return }
            }
        }
    }

    /// Ends a connection that is as good as lost.
    /// - Returns: Whether there will be another one.
    private func give(up error: any Error) async -> Bool {
        guard transport.binding == .stream else {
            sessionEnded()
            return true
        }
        await transport.abandon(.closed("the server did not answer a ping: \(error)"))
        return configuration.restart != nil && state.withLock { $0.end == nil && !$0.isClosed }
    }
}
