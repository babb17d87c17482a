extension ServerTool {
    /// A tool that takes its arguments one by one and gives what its handler returns: what `@Tool` makes of a function.
    /// - Parameters:
    ///   - name: 1 to 128 characters of `A-Z a-z 0-9 _ - .`, unique in its server.
    ///   - title: The name for people.
    ///   - description: What the tool does, for the model.
    ///   - hints: What the tool does to the world.
    ///   - task: Whether calls run as tasks.
    ///   - inputSchema: A JSON Schema with `type: "object"`, for example from an `ObjectSchema`.
    ///   - output: What the handler returns; the output schema is made from it.
    ///   - handler: Runs concurrently with other calls. A thrown `ToolError` becomes a result with `isError`.
    public init<Output: ToolResultConvertible>(
        _ name: String, title: String? = nil, description: String? = nil, hints: ToolHints = [], icons: [Icon] = [], task: TaskSupport = .none,
        inputSchema: JSONObject, output: Output.Type = Output.self,
        handler: @escaping @Sendable (ToolArguments, RequestContext) async throws -> Output
    ) {
        let definition = Tool(
            name: name, title: title, description: description, inputSchema: inputSchema, outputSchema: Output.outputSchema,
            annotations: hints.annotations, icons: icons)
        self.init(definition, outcome: { .complete(try await handler($0, $1).toolResult) })
        taskSupport = task
    }

    /// A tool that gives nothing back; its result is the text "Done.", since models take no content for a failure.
    public init(
        _ name: String, title: String? = nil, description: String? = nil, hints: ToolHints = [], icons: [Icon] = [], task: TaskSupport = .none,
        inputSchema: JSONObject, output: Void.Type = Void.self,
        handler: @escaping @Sendable (ToolArguments, RequestContext) async throws -> Void
    ) {
        let definition = Tool(
            name: name, title: title, description: description, inputSchema: inputSchema, annotations: hints.annotations, icons: icons)
        self.init(definition) { arguments, context in
            try await handler(arguments, context)
            return CallToolResult(text: "Done.")
        }
        taskSupport = task
    }

    /// A tool that may ask the client with questions and a state of its own making (`HandlerOutcome.inputRequired`).
    public init<Output: ToolResultConvertible>(
        _ name: String, title: String? = nil, description: String? = nil, hints: ToolHints = [], icons: [Icon] = [], task: TaskSupport = .none,
        inputSchema: JSONObject, output: HandlerOutcome<Output>.Type,
        handler: @escaping @Sendable (ToolArguments, RequestContext) async throws -> HandlerOutcome<Output>
    ) {
        let definition = Tool(
            name: name, title: title, description: description, inputSchema: inputSchema, outputSchema: Output.outputSchema,
            annotations: hints.annotations, icons: icons)
        self.init(definition) { arguments, context in
            switch try await handler(arguments, context) {
            case .complete(let output): .complete(output.toolResult)
            case .inputRequired(let required): .inputRequired(required)
            }
        }
        taskSupport = task
    }
}
