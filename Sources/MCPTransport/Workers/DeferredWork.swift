#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Work that is cheaper for several jobs together, such as writing what each of them has to say.
public protocol DeferredWork: AnyObject, Sendable {
    /// Does it. Called once for each time it was deferred, on any thread, which must not be blocked.
    func catchUp()
}

extension WorkerPool {
    /// Defers work until this thread has run what waits now, at the most 32 jobs or 2 milliseconds.
    /// - Returns: Whether it will be done. Not on threads that belong to no pool: there the caller does it itself.
    public static func `defer`(_ work: some DeferredWork) -> Bool {
        guard let pool = PoolOfThread.get() else { return false }
        return pool.state.withLock { state in
            // Without a watch nobody would do it behind a job that takes long.
            guard state.watch == .awake else { return false }
            state.deferred.add(work, state.jobs)
            return true
        }
    }

    struct Deferred {
        /// The most jobs that run before it is done.
        private static let patience = 32
        private(set) var work: [any DeferredWork] = []
        private var since = 0
        /// How often something was the first to be deferred.
        private(set) var count = 0

        mutating func add(_ piece: some DeferredWork, _ jobs: JobQueue) {
            if work.isEmpty {
                since = jobs.taken
                count += 1
            }
            work.append(piece)
        }

        /// What is to be done now.
        mutating func take(_ jobs: JobQueue) -> [any DeferredWork]? {
            guard !work.isEmpty, jobs.isEmpty || jobs.taken - since >= Self.patience else { return nil }
            return takeAll()
        }

        mutating func takeAll() -> [any DeferredWork] {
            defer { work.removeAll(keepingCapacity: true) }
            return work
        }
    }
}

/// The pool that the current thread belongs to. Pools live as long as their threads.
enum PoolOfThread {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    static func set(_ pool: WorkerPool) { pthread_setspecific(key, Unmanaged.passUnretained(pool).toOpaque()) }

    static func get() -> WorkerPool? {
        pthread_getspecific(key).map { Unmanaged<WorkerPool>.fromOpaque($0).takeUnretainedValue() }
    }
}
