import Synchronization

/// Watches over the time-outs of all requests of a connection with one task that sleeps, and with none while nothing has been under way for a time-out.
///
/// A task and a timer for each request would be a third of what a call costs its client. And a sleep that is cancelled ends, but its timer stays in the
/// runtime until its time (on Linux): whoever slept anew for each call would leave one behind with each. So a sleep runs to its end, whether its request is
/// still under way or not, and serves the requests that came after it.
final class DeadlineWatch: Sendable {
    fileprivate struct Entry {
        let deadline: RequestDeadline
        let expire: @Sendable () -> Void
    }

    fileprivate struct Sleeper {
        let until: Duration
        let task: Task<Void, Never>
    }

    fileprivate struct State {
        var entries: [Int: Entry] = [:]
        var nextTicket = 0
        /// Those that sleep, by their numbers. More than one only where a request came that ends before the others.
        var sleepers: [Int: Sleeper] = [:]
        /// When the first of them wakes.
        var firstWaking: Duration?
        var nextSleeper = 0
    }

    private let clock: ClientClock
    private let state = Mutex(State())

    init(clock: ClientClock) { self.clock = clock }

    deinit { close() }

    /// Begins to watch.
    /// - Parameter expire: Called once, when the time is over.
    /// - Returns: What `end` is given.
    func begin(_ deadline: RequestDeadline, expire: @escaping @Sendable () -> Void) -> Int {
        let now = clock.now()
        let next = deadline.nextLook(at: now)
        return state.withLock { state in
            state.nextTicket += 1
            state.entries[state.nextTicket] = Entry(deadline: deadline, expire: expire)
            if let time = state.nextWaking(for: next, at: now) { sleep(until: time, &state) }
            return state.nextTicket
        }
    }

    func end(_ ticket: Int) { state.withLock { $0.entries[ticket] = nil } }

    /// Ends the sleeps. What is still watched over has no time-out from now on; a request that begins later has one.
    func close() {
        let sleepers = state.withLock { state in
            defer {
                state.sleepers = [:]
                state.firstWaking = nil
            }
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.task.cancel() }
    }

    private func sleep(until: Duration, _ state: inout State) {
        state.nextSleeper += 1
        let number = state.nextSleeper
        // Detached, and without `self`: it serves requests that come and go, and is to keep alive neither what the first of them had with it nor a
        // connection that nobody holds any more. `close` ends it.
        let task = Task.detached { [weak self, clock] in
            var next: Duration? = until
            while let time = next {
                do { try await clock.sleep(time) } catch { return }
                next = self?.look(number)
            }
        }
        state.add(number, Sleeper(until: until, task: task))
    }

    /// Ends what has taken too long.
    /// - Returns: Until when to sleep again; `nil` where another one wakes in time, or nothing is left.
    private func look(_ number: Int) -> Duration? {
        let now = clock.now()
        let (expired, next) = state.withLock { state -> ([Entry], Duration?) in
            guard let sleeper = state.remove(number) else { return ([], nil) }
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
            guard let next, let time = state.nextWaking(for: next, at: now) else { return (expired, nil) }
            state.add(number, Sleeper(until: time, task: sleeper.task))
            return (expired, time)
        }
        for entry in expired { entry.expire() }
        return next
    }
}

extension DeadlineWatch.State {
    /// Until when one more has to sleep, so that somebody looks at that time; `nil` where one wakes before it.
    ///
    /// It sleeps at most half as long as the one that wakes first, and looks once more. So there are never more sleepers than a time-out can be halved, whatever
    /// time-outs the requests have.
    fileprivate func nextWaking(for look: Duration, at now: Duration) -> Duration? {
        guard let firstWaking else { return look }
        guard look < firstWaking else { return nil }
        return min(look, now + (firstWaking - now) / 2)
    }

    fileprivate mutating func add(_ number: Int, _ sleeper: DeadlineWatch.Sleeper) {
        sleepers[number] = sleeper
        firstWaking = min(firstWaking ?? sleeper.until, sleeper.until)
    }

    fileprivate mutating func remove(_ number: Int) -> DeadlineWatch.Sleeper? {
        guard let sleeper = sleepers.removeValue(forKey: number) else { return nil }
        firstWaking = sleepers.values.map(\.until).min()
        return sleeper
    }
}
