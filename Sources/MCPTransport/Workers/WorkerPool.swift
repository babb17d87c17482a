import Dispatch
import MCPQueues
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
/// Jobs run in the order in which they came; the priorities of tasks are not regarded. A job that blocks its thread takes one of few away, as it does in Swift's own pool.
public final class WorkerPool: TaskExecutor, Sendable {
    fileprivate struct State {
        var jobs = FIFOQueue<UnownedJob>()
        /// Those that sleep; who fell asleep last is woken first, because its stack is still warm.
        var idle: [Worker] = []
        var threads = 0
        /// A thread has been woken and has not looked yet: one at a time, and it wakes the next where there is more than it takes.
        var isWaking = false
    }

    fileprivate enum Wake {
        case nobody
        case worker(Worker)
        case newThread
    }

    /// The pool of the process.
    public static let shared = WorkerPool()

    private let state = Mutex(State())
    private let maximumThreads = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 2)

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
    public static var preferred: (any TaskExecutor)? {
        #if canImport(Darwin)
        nil
        #else
        shared
        #endif
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wake = state.withLock { state in
            state.jobs.append(job)
            return state.wakeOne(maximumThreads)
        }
        perform(wake)
    }

    private func perform(_ wake: Wake) {
        switch wake {
        case .nobody: break
        case .worker(let worker): worker.isNeeded.signal()
        case .newThread:
            do { try SystemThread.start { [self] in serve() } } catch {
                // The others go on with what waits, and where there are none the system's executor does.
                var left = state.withLock { state -> FIFOQueue<UnownedJob> in
                    state.threads -= 1
                    state.isWaking = false
                    guard state.threads == 0 else { return FIFOQueue() }
                    defer { state.jobs = FIFOQueue() }
                    return state.jobs
                }
                while let job = left.popFirst() { globalConcurrentExecutor.enqueue(job) }
            }
        }
    }

    private func serve() {
        let worker = Worker()
        var isWoken = true
        while true {
            let (job, wake) = state.withLock { state -> (UnownedJob?, Wake) in
                if isWoken { state.isWaking = false }
                guard let job = state.jobs.popFirst() else {
                    state.idle.append(worker)
                    return (nil, .nobody)
                }
                // Whoever was woken wakes the next; whoever comes back for more does not, since then nobody was needed when it came.
                return (job, isWoken && !state.jobs.isEmpty ? state.wakeOne(maximumThreads) : .nobody)
            }
            isWoken = false
            perform(wake)
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else {
                worker.isNeeded.wait()
                isWoken = true
            }
        }
    }

    /// A thread of the pool while it sleeps.
    fileprivate final class Worker: Sendable {
        let isNeeded = DispatchSemaphore(value: 0)
    }
}

extension WorkerPool.State {
    fileprivate mutating func wakeOne(_ maximumThreads: Int) -> WorkerPool.Wake {
        guard !isWaking else { return .nobody }
        if let worker = idle.popLast() {
            isWaking = true
            return .worker(worker)
        }
        guard threads < maximumThreads else { return .nobody }
        threads += 1
        isWaking = true
        return .newThread
    }
}
