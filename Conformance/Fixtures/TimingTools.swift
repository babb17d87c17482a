import MCPMacros

/// Tools that take their time.
@Toolbox struct TimingTools {
    /// The calls of `sleep` that have begun in this process.
    let started = LabelledCalls()
    /// Those of them that were cancelled.
    let cancelled = LabelledCalls()

    /// Reports its progress three times.
    @Tool("test_tool_with_progress", .readOnly) func progress(context: RequestContext) async throws -> String {
        for part in [0.0, 50, 100] {
            try await context.progress(part, total: 100, message: "\(Int(part)) of 100")
            try await Task.sleep(for: .milliseconds(20))
        }
        return "Done."
    }

    /// Closes the connection before its result, so that the client comes back for it.
    @Tool("test_reconnection", .readOnly) func reconnection(context: RequestContext) -> String {
        context.closeConnection()
        return "The client came back, or did not have to."
    }

    /// Sleeps until it is cancelled or the time is over.
    /// - Parameters:
    ///   - milliseconds: At most a minute.
    ///   - label: What `count_started` and `count_cancelled` tell this call from others by.
    @Tool("sleep", .readOnly) func sleep(milliseconds: Int, label: String?) async throws -> String {
        started.insert(label)
        do { try await Task.sleep(for: .milliseconds(min(max(milliseconds, 0), 60_000))) } catch {
            cancelled.insert(label)
            throw error
        }
        return "Slept for \(milliseconds) ms."
    }

    /// Tells how many calls of `sleep` have begun since the server was started.
    /// - Parameter label: Only those that had this label.
    @Tool("count_started", .readOnly) func countStarted(label: String?) -> Int { started.count(label) }

    /// Tells how many calls of `sleep` were cancelled since the server was started.
    /// - Parameter label: Only those that had this label.
    @Tool("count_cancelled", .readOnly) func countCancelled(label: String?) -> Int { cancelled.count(label) }
}
