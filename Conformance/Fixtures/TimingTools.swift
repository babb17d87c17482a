import MCPMacros

/// Tools that take their time.
@Toolbox struct TimingTools {
    /// How many calls of `sleep` were cancelled in this process.
    let cancelled = Counter()

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
    /// - Parameter milliseconds: At most a minute.
    @Tool("sleep", .readOnly) func sleep(milliseconds: Int) async throws -> String {
        do { try await Task.sleep(for: .milliseconds(min(max(milliseconds, 0), 60_000))) } catch {
            _ = cancelled.next()
            throw error
        }
        return "Slept for \(milliseconds) ms."
    }

    /// Tells how many calls of `sleep` were cancelled since the server was started.
    @Tool("count_cancelled", .readOnly) func countCancelled() -> Int { cancelled.count }
}
