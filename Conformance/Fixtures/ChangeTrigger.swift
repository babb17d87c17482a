import MCPMacros
import Synchronization

/// Changes a running server, so that clients have something to hear of.
final class ChangeTrigger: Sendable {
    private let server = Mutex<Server?>(nil)

    func attach(_ server: Server) { self.server.withLock { $0 = server } }

    private func attached() throws -> Server {
        guard let server = server.withLock(\.self) else { throw ToolError("The server is not up yet; call again.") }
        return server
    }

    /// - Returns: Whether the prompt is there now.
    func togglePrompt() throws -> Bool {
        let registry = try attached().prompts
        if registry.remove("test_dynamic_prompt") { return false }
        try registry.add(ServerPrompt("test_dynamic_prompt", description: "A prompt that comes and goes.") { _, _ in [.user("Here.")] })
        return true
    }

    func updateResource() throws { try attached().resources.updated("test://watched-resource") }

    /// - Returns: Whether the tool is there now.
    func toggle() throws -> Bool {
        let registry = try attached().tools
        if registry.remove("test_dynamic_tool") { return false }
        try registry.add(
            ServerTool(Tool(name: "test_dynamic_tool", description: "A tool that comes and goes.")) { _, _ in CallToolResult(text: "Here.") })
        return true
    }
}
