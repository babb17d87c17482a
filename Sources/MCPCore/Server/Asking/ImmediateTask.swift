extension Task where Failure == any Error {
    /// A task that runs on the caller's thread until it first suspends, where the system can do that: work that never suspends then costs no hop
    /// to another thread. Only for callers that wait for it in any case.
    static func startingHere(_ operation: @escaping @Sendable () async throws -> Success) -> Task where Success: Sendable {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            return Task.immediate(executorPreference: CurrentExecutor.preference, operation: operation)
        }
        return Task(executorPreference: CurrentExecutor.preference, operation: operation)
    }
}
