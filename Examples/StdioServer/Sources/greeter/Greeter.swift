import MCPCore
import MCPStdio

/// A server with one tool, without macros.
@main
struct Greeter {
    static func main() async throws {
        let greet = ServerTool(
            Tool(
                name: "greet", description: "Greets somebody.",
                inputSchema: ["type": "object", "properties": ["name": ["type": "string"]], "required": ["name"]],
                annotations: ToolAnnotations(readOnlyHint: true))
        ) { arguments, _ in
            let name: String = try arguments.decode("name")
            return CallToolResult(text: "Hello, \(name)!")
        }
        try await Server("greeter", version: "1.0.0") { greet }.serve(.stdio)
    }
}
