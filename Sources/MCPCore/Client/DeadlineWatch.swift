import Synchronization

/// Watches over the time-outs of all requests of a connection with one task that sleeps, and with none while nothing is under way.
///
/// A task and a timer for each request would be a third of what a call costs its client.
final class DeadlineWatch: Sendable {
    private struct Entry {
        let deadline: RequestDeadline
        let expire: @Sendable () -> Void
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextTicket = 0
        /// The task that sleeps, and until when at most.
        var sleeper: Task<Void, Never>?
        var until = Duration.zero
        /// Which of the tasks that ever slept is the one that counts.
        var generation = 0
    }

    private let clock: ClientClock
    private let state = Mutex(State())

    init(clock: ClientClock) { self.clock = clock }

    /// Begins to watch.
    /// - Parameter expire: Called once, when the time is over.
    /// - Returns: What `end` is given.
    func begin(_ deadline: RequestDeadline, expire: @escaping @Sendable () -> Void) -> Int {
        let next = deadline.nextLook(at: clock.now())
        return state.withLock { state in
            state.nextTicket += 1
            state.entries[state.nextTicket] = Entry(deadline: deadline, expire: expire)
            if state.sleeper == nil || next < state.until { sleep(until: next, &state) }
            return state.nextTicket
        }
    }

    func end(_ ticket: Int) {
        state.withLock { state in
            state.entries[ticket] = nil
            guard state.entries.isEmpty else { return }
            state.sleeper?.cancel()
            state.sleeper = nil
        }
    }

    private func sleep(until: Duration, _ state: inout State) {
        state.sleeper?.cancel()
        state.generation += 1
        state.until = until
        // Unstructured: it serves requests that come and go, and is cancelled with the last of them.
        state.sleeper = Task { [self, generation = state.generation] in
            var next: Duration? = until
            while let time = next {
                do { try await clock.sleep(time) } catch { return }
                next = look(generation)
            }
        }
    }

    /// Ends what has taken too long.
    /// - Returns: When to look next; `nil` where another task does, or nothing is left.
    private func look(_ generation: Int) -> Duration? {
        let now = clock.now()
        let (expired, next) = state.withLock { state -> ([Entry], Duration?) in
            guard state.generation == generation else { return ([], nil) }
            var expired: [Entry] = []
            var next: Duration?
            for (ticket, entry) in state.entries {
                if entry.deadline.expires(at: now) {
                    expired.append(entry)
                    state.entries[ticket] = nil
                } else {
                    let look = entry.deadline.nextLook(at: now)
                    next = next.map { min($0, look) } ?? look
                }
            }
            if let next { state.until = next } else { state.sleeper = nil }
            return (expired, next)
        }
        for entry in expired { entry.expire() }
        return next
    }
}
