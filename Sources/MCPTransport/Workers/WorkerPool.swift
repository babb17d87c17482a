import Dispatch
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Runs tasks on a few threads that sleep until there is something to run.
///
/// On Linux the executor that Swift comes with stands on Dispatch's pool. Once that has been used, a timer of Dispatch looks after its threads each second for
/// as long as the process lives: a server that waits for its client would wake up for nothing. These threads wake for work alone.
///
/// As few threads as possible are awake. Waking one costs more than many jobs do, so a thread that runs jobs goes on with those that come meanwhile, and the next one is woken
/// only for a job that has waited for a millisecond (`WorkerWatch`): behind one that computes or blocks, or because there is more than one thread can do. A thread that has nothing to run
/// waits for input (`poll`), so that what has come is answered where it was read.
///
/// Jobs run in the order in which they came; the priorities of tasks are not regarded. A job that blocks its thread takes one of few away, as it does in Swift's own pool.
public final class WorkerPool: TaskExecutor, Sendable {
    /// The pool of the process.
    public static let shared = WorkerPool()

    let state = Mutex(State())
    let watch = DispatchSemaphore(value: 0)
    /// Ends the waiting of the thread that polls; `nil` where the system gave no pipe: then nothing is polled here.
    let kick: KickPipe?
    let maximumThreads = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 2)

    /// How threads are started; another way in tests.
    let startThread: @Sendable (@escaping @Sendable () -> Void) throws -> Void
    /// Waits for a while before threads are asked for anew.
    let later: @Sendable (@escaping @Sendable () -> Void) -> Void

    public convenience init() {
        self.init(startThread: { try SystemThread.start($0) }, later: { DispatchQueue.global().asyncAfter(deadline: .now() + 1, execute: $0) })
    }

    init(
        startThread: @escaping @Sendable (@escaping @Sendable () -> Void) throws -> Void, later: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        kick = KickPipe()
        self.startThread = startThread
        self.later = later
    }

    /// Runs `body`, and the tasks in it, on the shared pool: where the system's own executor wakes an idle process (Linux), and where nobody has chosen an executor
    /// for this task already. A task that is started with `Task { }` inside inherits no executor.
    public static func run<Value, Failure: Error>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        #if canImport(Darwin)
        try await body()
        #else
        if withUnsafeCurrentTask(body: { $0?.unownedTaskExecutor != nil }) { return try await body() }
        return try await withTaskExecutorPreference(shared, isolation: isolation) { () async throws(Failure) -> Value in try await body() }
        #endif
    }

    /// The shared pool, for tasks that no task starts; `nil` where the system's own executor does as well.
    public static var preferred: (any TaskExecutor)? { polling }

    /// The shared pool, where it is the one that waits for input; `nil` where the system's own executor does as well.
    public static var polling: WorkerPool? {
        #if canImport(Darwin)
        nil
        #else
        shared
        #endif
    }

    /// Whether it can wait for input.
    public var canPoll: Bool { kick != nil }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wake = state.withLock { state in
            state.jobs.append(job)
            return state.wakeIfAllRest(maximumThreads)
        }
        perform(wake)
    }

    /// Wakes whom the watch has found to be needed.
    func wakeAnother() {
        perform(state.withLock { $0.wakeOne(maximumThreads) })
    }

    func perform(_ wake: Wake) {
        if wake.watch { startWatch() }
        switch wake.whom {
        case .nobody: break
        case .worker(let worker): worker.isNeeded.signal()
        case .poller: kick?.kick()
        case .newThread:
            do { try startThread { [self] in serve() } } catch {
                // The others go on with what waits, and where there are none the system's executor does.
                let (left, isPolled, isUnserved) = state.withLock { state in
                    state.threads -= 1
                    state.active -= 1
                    let isUnserved = state.threads == 0 && !state.polling.sources.isEmpty && !state.polling.isAskedForLater
                    if isUnserved { state.polling.isAskedForLater = true }
                    return (state.threads == 0 ? state.jobs.takeAll() : [], state.active == 0 && state.polling.isUnderWay, isUnserved)
                }
                for job in left { globalConcurrentExecutor.enqueue(job) }
                // Whoever polls runs them.
                if isPolled { kick?.kick() }
                // Nobody waits for input, and where no job comes nobody would ask for a thread again.
                if isUnserved { later { [self] in serveSources() } }
            }
        }
    }

    /// Asks for a thread again, where there still is none and something to wait for.
    private func serveSources() {
        let wake = state.withLock { state in
            state.polling.isAskedForLater = false
            return state.threads == 0 && !state.polling.sources.isEmpty ? state.wakeOne(maximumThreads) : Wake()
        }
        perform(wake)
    }

    private func serve() {
        let worker = Worker()
        PoolOfThread.set(self)
        while true {
            switch state.withLock({ $0.next(worker) }) {
            case .run(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .catchUp(let work): for piece in work { piece.catchUp() }
            case .poll(let sources, let waits): poll(sources, waits: waits)
            case .sleep: worker.isNeeded.wait()
            }
        }
    }

    /// A thread of the pool while it sleeps.
    final class Worker: Sendable {
        let isNeeded = DispatchSemaphore(value: 0)
    }
}

extension WorkerPool {
    struct State {
        var jobs = JobQueue()
        /// Those that sleep; who fell asleep last is woken first, because its stack is still warm.
        var idle: [Worker] = []
        var threads = 0
        /// Threads that run something, or were woken and will; the others sleep, and one may poll.
        var active = 0
        var polling = Polling()
        var deferred = Deferred()
        var watch = WatchState.none
    }

    enum Step {
        case run(UnownedJob)
        case catchUp([any DeferredWork])
        case poll([any PolledSource], waits: Bool)
        case sleep
    }

    struct Wake {
        enum Whom {
            case nobody
            case worker(Worker)
            case poller
            case newThread
        }
        var whom = Whom.nobody
        /// The thread that watches sleeps too.
        var watch = false
    }
}

extension WorkerPool.State {
    /// What a thread does next.
    mutating func next(_ worker: WorkerPool.Worker) -> WorkerPool.Step {
        if let work = deferred.take(jobs) { return .catchUp(work) }
        if polling.isDue, !polling.isUnderWay, !polling.sources.isEmpty { return .poll(polling.begin(), waits: false) }
        if let job = jobs.takeFirst() { return .run(job) }
        active -= 1
        if !polling.isUnderWay, !polling.sources.isEmpty { return .poll(polling.begin(), waits: true) }
        idle.append(worker)
        return .sleep
    }

    mutating func wakeIfAllRest(_ maximumThreads: Int) -> WorkerPool.Wake {
        active == 0 || watch == .impossible ? wakeOne(maximumThreads) : WorkerPool.Wake()
    }

    mutating func wakeOne(_ maximumThreads: Int) -> WorkerPool.Wake {
        var wake = WorkerPool.Wake()
        if let worker = idle.popLast() {
            active += 1
            wake.whom = .worker(worker)
        } else if threads < maximumThreads {
            threads += 1
            active += 1
            wake.whom = .newThread
        }
        wake.watch = beginWatch()
        return wake
    }

    /// - Returns: Whether the thread that watches has to be woken, or to be started.
    mutating func beginWatch() -> Bool {
        // Where there was no thread for it, it is asked for anew each time that somebody is woken: the system may have one by now.
        guard active > 0, watch != .awake else { return false }
        if watch == .asleep { watch = .awake }
        return true
    }
}
