import Dispatch

// While threads of the pool run something, one more looks each millisecond whether that is enough. It sleeps when they do.

extension WorkerPool {
    enum WatchState {
        /// There is no thread yet.
        case none
        case awake
        case asleep
        /// The system gave no thread: whatever comes wakes somebody.
        case impossible
    }

    /// What the last look has found.
    struct Seen {
        var appended = 0
        var polls = 0
        var unpolled = 0
        var deferrals = 0
        var quiet = 0
    }

    /// What a look finds to be done.
    struct Finding {
        var needsAnother = false
        var overdue: [any DeferredWork] = []
        var isOver = false
    }

    /// Wakes or starts the thread.
    func startWatch() {
        let isNew = state.withLock { state in
            guard state.watch == .none || state.watch == .impossible else { return false }
            state.watch = .awake
            return true
        }
        guard isNew else {
            watch.signal()
            return
        }
        do { try startThread { [self] in lookAfter() } } catch {
            // Until it can be started, whatever comes wakes somebody, and asks for it again.
            let wake = state.withLock { state in
                state.watch = .impossible
                // What has come meanwhile has woken nobody.
                guard !state.jobs.isEmpty || !state.deferred.work.isEmpty else { return Wake() }
                var wake = state.wakeOne(maximumThreads)
                // Else it would ask for itself again at once.
                wake.watch = false
                return wake
            }
            perform(wake)
        }
    }

    private func lookAfter() {
        var seen = Seen()
        while true {
            SystemThread.sleep(until: .now + .milliseconds(1))
            let finding = state.withLock { $0.look(&seen) }
            for piece in finding.overdue { piece.catchUp() }
            if finding.needsAnother { wakeAnother() }
            guard finding.isOver else { continue }
            watch.wait()
            seen.quiet = 0
        }
    }
}

extension WorkerPool.State {
    /// Looks after threads that run something.
    mutating func look(_ seen: inout WorkerPool.Seen) -> WorkerPool.Finding {
        var finding = WorkerPool.Finding()
        // The first of those that wait was there the last time already.
        if !jobs.isEmpty, jobs.taken < seen.appended { finding.needsAnother = true }
        if !deferred.work.isEmpty, deferred.count == seen.deferrals { finding.overdue = deferred.takeAll() }
        // Nobody has looked for input since: whoever runs jobs does it between two of them, and if it is stuck in one, another does.
        let isUnpolled = !polling.sources.isEmpty && !polling.isUnderWay && polling.count == seen.polls
        seen.unpolled = isUnpolled ? seen.unpolled + 1 : 0
        if isUnpolled { polling.isDue = true }
        if seen.unpolled >= 2 { finding.needsAnother = true }
        (seen.appended, seen.deferrals, seen.polls) = (jobs.appended, deferred.count, polling.count)
        seen.quiet = active == 0 ? seen.quiet + 1 : 0
        if seen.quiet >= 8 {
            watch = .asleep
            finding.isOver = true
        }
        return finding
    }
}
