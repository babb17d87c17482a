import MCPMacros

/// Tools that write to the client's log.
@Toolbox struct LogTools {
    /// Writes three messages while it runs.
    @Tool("test_tool_with_logging", .readOnly) func logging(context: RequestContext) async throws -> String {
        for message in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
            try await context.log(.info, .string(message), logger: "fixture")
        }
        return "Three messages were written."
    }

    /// Writes a message of each level.
    @Tool("test_logging_tool", .readOnly) func everyLevel(context: RequestContext) async throws -> String {
        for level in LoggingLevel.allCases { try await context.log(level, .string("A message of level \(level.rawValue)"), logger: "fixture") }
        return "A message of each level was written."
    }
}
