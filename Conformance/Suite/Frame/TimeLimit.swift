/// Something took longer than the suite waits.
public struct TimeLimitError: Error, Sendable, CustomStringConvertible {
    public let what: String
    public let limit: Duration

    public var description: String { "\(what) took longer than \(limit)" }
}

/// Does `body`, and cancels it once the time is over.
/// - Throws: `TimeLimitError`; what `body` throws.
public func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() ?? nil else { throw TimeLimitError(what: what, limit: limit) }
        return value
    }
}
