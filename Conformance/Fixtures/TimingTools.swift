import MCPMacros

/// Tools that take their time.
@Toolbox struct TimingTools {
    /// Reports its progress three times.
    @Tool("test_tool_with_progress", .readOnly) func progress(context: RequestContext) async throws -> String {
        for part in [0.0, 50, 100] {
            try await context.progress(part, total: 100, message: "\(Int(part)) of 100")
            try await Task.sleep(for: .milliseconds(20))
        }
        return "Done."
    }

    /// Sleeps until it is cancelled or the time is over.
    /// - Parameter milliseconds: At most a minute.
    @Tool("sleep", .readOnly) func sleep(milliseconds: Int) async throws -> String {
        try await Task.sleep(for: .milliseconds(min(max(milliseconds, 0), 60_000)))
        return "Slept for \(milliseconds) ms."
    }
}
