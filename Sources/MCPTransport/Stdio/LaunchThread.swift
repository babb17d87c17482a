import Dispatch
import Synchronization

/// The thread that launches servers on Linux. It lives as long as the process, because a server that it launches dies with it: a thread of
/// Swift's pool, or of the caller, may end long before the process does and would take its servers along.
final class LaunchThread: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let waiting = DispatchSemaphore(value: 0)

    private static let shared = Mutex<LaunchThread?>(nil)

    private init() {}

    /// Runs `body` on the thread and waits for it.
    /// - Throws: Where there is no thread to be had.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) throws(SystemError) -> Value {
        let thread = try shared.withLock { (shared) throws(SystemError) in
            if let thread = shared { return thread }
            let thread = LaunchThread()
            try SystemCall.startThread { thread.serve() }
            shared = thread
            return thread
        }
        let outcome = Outcome<Value>()
        thread.jobs.withLock {
            $0.append {
                let value = body()
                outcome.settle(value)
            }
        }
        thread.waiting.signal()
        return outcome.wait()
    }

    private func serve() {
        while true {
            waiting.wait()
            jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
        }
    }
}

/// What the thread gives to whoever waits for it.
private final class Outcome<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let done = DispatchSemaphore(value: 0)

    func settle(_ value: Value) {
        self.value.withLock { $0 = value }
        done.signal()
    }

    func wait() -> Value {
        while true {
            done.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}
