import MCPMacros

/// Tools that run as tasks, for clients that know them (`io.modelcontextprotocol/tasks`).
@Toolbox struct TaskTools {
    /// Greets at once.
    @Tool("greet", .readOnly) func greet(name: String) -> String { "Hello, \(name)!" }

    /// Computes for a while.
    /// - Parameters:
    ///   - seconds: At most a minute.
    ///   - label: What the result is called.
    @Tool("slow_compute", .readOnly, task: .optional)
    func slowCompute(seconds: Double, label: String?, context: RequestContext) async throws -> String {
        try await context.progress(0, total: seconds, message: "Computing")
        try await Task.sleep(for: .seconds(min(max(seconds, 0), 60)))
        return "Computed \(label ?? "something") in \(seconds) s."
    }

    /// Fails as a tool does.
    @Tool("failing_job", task: .required) func fail() async throws { throw ToolError("The job failed, as it always does.") }

    /// Fails as the protocol does.
    @Tool("protocol_error_job", task: .optional) func breakDown() async throws { throw JSONRPCError(.internalError, "The job broke.") }

    /// Asks before it deletes; nothing is really deleted.
    @Tool("confirm_delete", .destructive, task: .optional) func delete(filename: String, context: RequestContext) async throws -> String {
        switch try await context.elicit("confirm", Confirmation.self, "Delete \(filename)?") {
        case .accept(let answer) where answer.confirm: "\(filename) is deleted."
        case .accept, .decline, .cancel: "\(filename) is kept."
        }
    }

    /// Asks two questions at once.
    @Tool("multi_input", task: .optional) func askBoth(context: RequestContext) async throws -> String {
        let (user, confirmation) = try await context.ask(
            .elicit("user", UserName.self, "What is your name?"), .elicit("confirm", Confirmation.self, "Go on?"))
        return "\(user.accepted?.name ?? "Somebody") says \(confirmation.accepted?.confirm == true ? "yes" : "no")."
    }

    /// Asks for a name first, and goes on as a task when it has it.
    @Tool("test_tool_with_task", task: .required.startedByHandler) func taskAfterQuestion(context: RequestContext) async throws -> String {
        let user = try await context.elicit("user_name", UserName.self, "What is your name?")
        try await context.continueAsTask()
        return "Hello, \(user.accepted?.name ?? "whoever you are")!"
    }
}
