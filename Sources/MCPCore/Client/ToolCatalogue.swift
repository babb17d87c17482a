import Synchronization

/// The tools of a server as it last listed them, until they change.
final class ToolCatalogue: Sendable {
    struct Entry: Sendable {
        let tool: Tool
        let parameterHeaders: [ParameterHeader]
        /// Of structured content as it travels; `nil` where the tool has no output schema, or one that is no schema.
        let output: SchemaValidator?
        /// How its values travel; `nil` where the tool has no output schema.
        let wrapping: ResultWrapping.Form?
        /// Whether its calls run only as tasks of 2025-11-25 (`execution.taskSupport`).
        var needsTask = false
    }

    private struct State {
        /// `nil` until the tools have been listed, and again once they may have changed.
        var entries: [String: Entry]?
        var changes = 0
    }

    private let state = Mutex(State())

    /// Whether the tools are known.
    var isKnown: Bool { state.withLock { $0.entries != nil } }

    /// How often the tools may have changed.
    var changes: Int { state.withLock { $0.changes } }

    subscript(name: String) -> Entry? { state.withLock { $0.entries?[name] } }

    /// Takes a list of the tools.
    /// - Parameter changes: Those before it was asked for: a list that a change has overtaken is not taken.
    func replace(_ tools: [Entry], changes: Int) {
        let entries = Dictionary(tools.map { ($0.tool.name, $0) }) { first, _ in first }
        state.withLock { state in
            if state.changes == changes { state.entries = entries }
        }
    }

    /// The tools may have changed.
    func forget() {
        state.withLock { state in
            state.entries = nil
            state.changes += 1
        }
    }
}
