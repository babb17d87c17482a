/// A tool of a server: its definition and what runs when it is called.
public struct ServerTool: Sendable {
    public var definition: Tool
    /// Runs the tool. Its arguments have been validated against `definition.inputSchema`.
    public var handler: @Sendable (_ arguments: ToolArguments, _ context: RequestContext) async throws -> HandlerOutcome<CallToolResult>
    /// Whether calls run as tasks, where the server has `TasksExtension`.
    public var taskSupport = TaskSupport.none

    /// A tool with a schema of its own.
    /// - Parameters:
    ///   - definition: What `tools/list` says of the tool.
    ///   - handler: Runs concurrently with other calls. A thrown `ToolError` becomes a result with `isError`, which the model sees
    ///     and may mend; a thrown `JSONRPCError` becomes that error.
    public init(
        _ definition: Tool, handler: @escaping @Sendable (ToolArguments, RequestContext) async throws -> CallToolResult
    ) {
        self.init(definition, outcome: { .complete(try await handler($0, $1)) })
    }

    /// A tool that asks the client with questions and a state of its own making, instead of through `RequestContext.elicit`.
    @_disfavoredOverload  // A closure that only throws is meant for the other one.
    public init(
        _ definition: Tool,
        outcome handler: @escaping @Sendable (ToolArguments, RequestContext) async throws -> HandlerOutcome<CallToolResult>
    ) {
        self.definition = definition
        self.handler = handler
    }

    /// A tool whose arguments and result are types: the schemas are made from them.
    public init<Input: SchemaCodable, Output: ToolResultConvertible>(
        _ name: String, title: String? = nil, description: String? = nil, annotations: ToolAnnotations? = nil, icons: [Icon] = [],
        input: Input.Type, output: Output.Type = Output.self,
        handler: @escaping @Sendable (Input, RequestContext) async throws -> Output
    ) {
        let definition = Tool(
            name: name, title: title, description: description, inputSchema: JSONSchemaBuilder.schema(of: Input.self),
            outputSchema: Output.outputSchema, annotations: annotations, icons: icons)
        self.init(definition, outcome: { .complete(try await handler(try $0.decode(), $1).toolResult) })
    }
}

/// The `arguments` of a tool call, already validated against the tool's schema.
public struct ToolArguments: Sendable {
    public let object: JSONObject
    public init(_ object: JSONObject) { self.object = object }

    /// All arguments as one value.
    /// - Throws: `JSONDecodingError`, which the kernel answers with a result that names the argument and what was expected. One that comes of reading
    ///   anything else in a handler is a failure of the handler, told to the operator.
    public func decode<T: JSONDecodable>(as type: T.Type = T.self) throws -> T {
        try JSONDecodingError.ofArguments { try T(json: .object(object)) }
    }

    /// The argument of that name.
    /// - Throws: `JSONDecodingError`, which the kernel answers with a result that names the argument and what was expected.
    public func decode<T: JSONDecodable>(_ name: String, as type: T.Type = T.self) throws -> T {
        try JSONDecodingError.ofArguments { try object.decode(name) }
    }

    /// The argument of that name, or `nil` where it is missing or null.
    public func decode<T: JSONDecodable>(_ name: String, as type: T?.Type) throws -> T? {
        try decodeIfPresent(name)
    }

    /// The argument of that name, or the default where it is missing.
    public func decode<T: JSONDecodable>(_ name: String, as type: T.Type = T.self, default: @autoclosure () throws -> T) throws -> T {
        object[name] == nil ? try `default`() : try decode(name)
    }

    /// The argument of that name, or `nil` where it is missing or null.
    public func decodeIfPresent<T: JSONDecodable>(_ name: String, as type: T.Type = T.self) throws -> T? {
        try JSONDecodingError.ofArguments { try object.decodeIfPresent(name) }
    }
}
