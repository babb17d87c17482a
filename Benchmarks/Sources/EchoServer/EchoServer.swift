import MCPCore

/// The server that is measured: a tool with one typed argument, validated like every other.
public enum EchoServer {
    /// - Parameter furtherTools: Tools that are listed and never called, to see what being registered costs.
    public static func make(furtherTools: Int = 0, configuration: ServerConfiguration = .init()) -> Server {
        Server("bench-echo", version: "1.0.0", configuration: configuration) {
            echo
            echoWithProgress
            (0..<furtherTools).map { tool("further_\($0)") { message, _ in message } }
        }
    }

    private static let echo = tool("echo") { message, _ in message }

    /// Sends one notification before its result, where the client has asked for progress: the answer is then an event stream over HTTP.
    private static let echoWithProgress = tool("echo_with_progress") { message, context in
        try await context.progress(1, total: 2)
        return message
    }

    private static func tool(_ name: String, _ body: @escaping @Sendable (String, RequestContext) async throws -> String) -> ServerTool {
        var builder = JSONSchemaBuilder()
        var input = ObjectSchema()
        input.property("message", String.self, description: "What comes back.", in: &builder)
        return ServerTool(
            name, description: "Gives back what it is given.", hints: [.readOnly, .closedWorld], inputSchema: builder.finish(input.json),
            output: String.self
        ) { arguments, context in try await body(try arguments.decode("message"), context) }
    }
}
