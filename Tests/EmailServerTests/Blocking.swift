import Dispatch

/// Runs work that blocks its thread (files, processes) outside of the pool that the other tests run on, which has only a thread a core.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
