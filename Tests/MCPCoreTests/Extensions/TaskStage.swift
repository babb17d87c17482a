import MCPCore
import Synchronization
import TestSupport

/// A server whose tools run as tasks, with its store and its clock.
final class TaskStage: Sendable {
    let store: WatchedTaskStore
    let tasks: TasksExtension
    let server: Server
    private let clock: Time

    private final class Time: Sendable { let now = Mutex<Int64>(1_800_000_000_000) }

    init(
        store: any TaskStore = MemoryTaskStore(), limits: TasksExtension.Limits = .init(pollIntervalMilliseconds: 1),
        diagnostics: @escaping @Sendable (ServerDiagnostic) -> Void = { _ in }
    ) {
        let clock = Time()
        self.clock = clock
        self.store = WatchedTaskStore(store)
        let tasks = TasksExtension(store: self.store, limits: limits)
        self.tasks = tasks
        let environment = ServerEnvironment(now: { clock.now.withLock(\.self) }, randomBytes: ServerEnvironment.system.randomBytes)
        server = Server("tasks", version: "1", configuration: ServerConfiguration(diagnostics: diagnostics, environment: environment)) {
            tasks
            TaskStage.tools
        }
    }

    /// The same server for transcripts, which have a clock of their own.
    static func server(_ configuration: ServerConfiguration, store: any TaskStore) -> Server {
        Server("tasks", version: "1", configuration: configuration) {
            TasksExtension(store: store)
            tools
        }
    }

    func advance(_ milliseconds: Int64) { clock.now.withLock { $0 += milliseconds } }

    /// Calls in the per-request era, with a client that knows tasks.
    func withClient(
        knowsTasks: Bool = true, _ change: (inout ClientConfiguration) -> Void = { _ in }, _ body: (Client) async throws -> Void
    ) async throws {
        try await withFeatures(of: server, .latest) { configuration in
            configuration.input = ClientInputHandlers(elicit: { _ in .accept(["yes": true]) })
            if knowsTasks { configuration.extensions = [ClientTasksExtension()] }
            change(&configuration)
        } _: { client in
            try await body(client)
        }
    }

    static let tools: [ServerTool] = [
        ServerTool(Tool(name: "plain")) { _, _ in CallToolResult(text: "plain") },
        ServerTool(Tool(name: "quick")) { _, _ in CallToolResult(text: "quick") }.asTask(),
        ServerTool(Tool(name: "required")) { _, _ in CallToolResult(text: "required") }.asTask(.required),
        // Runs until it is cancelled.
        ServerTool(Tool(name: "hold", inputSchema: ["type": "object", "properties": ["seconds": ["type": "integer"]]])) { _, context in
            try await context.progress(1, message: "Holding")
            for await _ in AsyncStream<Never>.makeStream().stream {}
            throw CancellationError()
        }.asTask(),
        ServerTool(Tool(name: "stubborn")) { _, _ in
            for await _ in AsyncStream<Never>.makeStream().stream {}
            return CallToolResult(text: "Done all the same.")
        }.asTask(),
        ServerTool(Tool(name: "ask")) { _, context in
            let answer = try await context.elicit("ask", Flag.self, "Yes?")
            return CallToolResult(text: "\(answer.accepted?.yes ?? false)")
        }.asTask(),
        ServerTool(Tool(name: "ask_both")) { _, context in
            async let one = context.elicit("one", Flag.self, "One?")
            async let two = context.elicit("two", Flag.self, "Two?")
            return CallToolResult(text: "\(try await one.accepted?.yes ?? false) \(try await two.accepted?.yes ?? false)")
        }.asTask(),
        ServerTool(Tool(name: "ask_then_task")) { _, context in
            let first = try await context.elicit("first", Flag.self, "First?")
            let isTask = try await context.continueAsTask()
            let step = try await context.step("step") { 7 }
            let second = try await context.elicit("second", Flag.self, "Second?")
            return CallToolResult(text: "\(isTask) \(first.accepted?.yes ?? false) \(step) \(second.accepted?.yes ?? false)")
        }.asTask(.optional.startedByHandler),
        ServerTool(
            Tool(name: "own_state"),
            outcome: { _, context in
                let step = try await context.step("step") { "kept" }
                guard let answer = context.inputResponses["own"] else {
                    let request = InputRequired.Request(
                        method: "elicitation/create",
                        params: ["mode": "form", "message": "Own?", "requestedSchema": ["type": "object", "properties": ["yes": ["type": "boolean"]]]])
                    return .inputRequired(InputRequired([("own", request)], state: "mine"))
                }
                return .complete(CallToolResult(text: "\(step) \(context.requestState ?? "") \(answer["action"]?.string ?? "")"))
            }
        ).asTask(),
        ServerTool(Tool(name: "tool_failure")) { _, _ -> CallToolResult in throw ToolError("It failed.") }.asTask(),
        ServerTool(Tool(name: "protocol_failure")) { _, _ -> CallToolResult in throw JSONRPCError(.internalError, "It broke.") }.asTask(),
        ServerTool(Tool(name: "large")) { _, _ in CallToolResult(text: String(repeating: "x", count: 10_000)) }.asTask(),
    ]
}
