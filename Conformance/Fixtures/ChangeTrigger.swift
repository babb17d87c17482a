import MCPMacros
import Synchronization

/// Adds a tool to a running server, and removes it again, so that clients have a change to hear of.
final class ChangeTrigger: Sendable {
    private let tools = Mutex<ToolRegistry?>(nil)

    func attach(_ server: Server) { tools.withLock { $0 = server.tools } }

    /// - Returns: Whether the tool is there now.
    func toggle() throws -> Bool {
        guard let registry = tools.withLock(\.self) else { throw ToolError("The server is not up yet; call again.") }
        if registry.remove("test_dynamic_tool") { return false }
        try registry.add(
            ServerTool(Tool(name: "test_dynamic_tool", description: "A tool that comes and goes.")) { _, _ in CallToolResult(text: "Here.") })
        return true
    }
}
