import Synchronization

/// Keeps journals in bounded memory behind random handles: for stdio and in process, where the server that asked is the one that is answered.
public final class MemoryRequestStateStore: RequestStateStore {
    private struct Entry {
        var journal: [UInt8]
        var binding: [UInt8]
        var expires: Int64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Oldest first.
        var order: [String] = []
        var bytes = 0
    }

    private let state = Mutex(State())
    private let maximumBytes: Int
    private let lifetimeMilliseconds: Int64
    private let environment: ServerEnvironment

    /// - Parameters:
    ///   - maximumBytes: Beyond it the oldest journals are dropped; their calls have to start again.
    ///   - lifetime: How long a client may take to answer.
    public init(maximumBytes: Int = 16 << 20, lifetime: Duration = .seconds(3600), environment: ServerEnvironment = .system) {
        self.maximumBytes = maximumBytes
        lifetimeMilliseconds = Int64(lifetime / .milliseconds(1))
        self.environment = environment
    }

    public func save(_ journal: [UInt8], binding: [UInt8]) async throws -> String {
        let handle = environment.randomIdentifier()
        let now = environment.now()
        state.withLock { state in
            state.entries[handle] = Entry(journal: journal, binding: binding, expires: now + lifetimeMilliseconds)
            state.order.append(handle)
            state.bytes += journal.count + binding.count
            while let oldest = state.order.first, state.bytes > maximumBytes || (state.entries[oldest]?.expires ?? 0) <= now,
                oldest != handle
            {
                state.order.removeFirst()
                if let entry = state.entries.removeValue(forKey: oldest) { state.bytes -= entry.journal.count + entry.binding.count }
            }
        }
        return handle
    }

    /// A handle opens any number of times until it expires: a client may repeat a retry whose answer it lost.
    public func load(_ handle: String, binding: [UInt8]) async throws -> [UInt8] {
        let now = environment.now()
        guard let entry = state.withLock({ $0.entries[handle] }), entry.binding == binding, entry.expires > now else {
            throw RequestStateError()
        }
        return entry.journal
    }
}
