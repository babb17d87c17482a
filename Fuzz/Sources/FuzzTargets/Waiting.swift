import Dispatch
import Synchronization

/// Runs something asynchronous to its end on behalf of libFuzzer, whose entry is not.
func waiting<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Value?>(nil)
    Task {
        let value = await body()
        result.withLock { $0 = value }
        done.signal()
    }
    done.wait()
    guard let value = result.withLock(\.self) else { preconditionFailure("it has signalled without a value") }
    return value
}
