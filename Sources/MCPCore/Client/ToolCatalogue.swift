import Synchronization

/// The tools of a server as it last listed them.
final class ToolCatalogue: Sendable {
    struct Entry: Sendable {
        let tool: Tool
        let parameterHeaders: [ParameterHeader]
        /// Of structured content; `nil` where the tool has no output schema, or one that is no schema.
        let output: SchemaValidator?
        /// Whether its calls run only as tasks of 2025-11-25 (`execution.taskSupport`).
        var needsTask = false
    }

    /// `nil` until the tools have been listed.
    private let entries = Mutex<[String: Entry]?>(nil)

    /// Whether the tools have been listed.
    var isKnown: Bool { entries.withLock { $0 != nil } }

    subscript(name: String) -> Entry? { entries.withLock { $0?[name] } }

    func replace(_ tools: [Entry]) {
        entries.withLock { $0 = Dictionary(tools.map { ($0.tool.name, $0) }) { first, _ in first } }
    }
}
