import Dispatch

/// Runs an actor on a dispatch queue of its own, so that waiting in C code and events of that queue never block Swift's
/// shared threads, and so that event handlers of the queue are on the actor.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
