import Synchronization

/// The prompts of a server, in the order in which they were added. They may be added and removed while the server runs.
public final class PromptRegistry: Sendable {
    private struct State {
        var prompts = OrderedEntries<ServerPrompt>()
        var faults: [String] = []
    }

    private let state: Mutex<State>
    private let subscriptions: SubscriptionHub

    init(_ prompts: [ServerPrompt], subscriptions: SubscriptionHub) {
        self.subscriptions = subscriptions
        var state = State()
        for prompt in prompts {
            do { try Self.add(prompt, to: &state) } catch { state.faults.append("\(error)") }
        }
        self.state = Mutex(state)
    }

    /// Adds a prompt and tells subscribed clients.
    /// - Throws: `PromptDefinitionError` where the name is taken, an argument is given twice, or a key of its `_meta` is none.
    public func add(_ prompt: ServerPrompt) throws {
        try state.withLock { try Self.add(prompt, to: &$0) }
        subscriptions.publish(.promptsListChanged)
    }

    /// Removes a prompt and tells subscribed clients.
    /// - Returns: Whether there was such a prompt.
    @discardableResult public func remove(_ name: String) -> Bool {
        let removed = state.withLock { $0.prompts.remove(name) }
        if removed { subscriptions.publish(.promptsListChanged) }
        return removed
    }

    /// The definitions, in order.
    public var definitions: [Prompt] { state.withLock { $0.prompts.all.map(\.definition) } }

    /// Faults in what the server was built from.
    var faults: [String] { state.withLock { $0.faults } }

    /// Whether the server has, or has had, prompts.
    var isOffered: Bool { state.withLock { $0.prompts.isOffered } }

    var hasCompletions: Bool { state.withLock { $0.prompts.all.contains { !$0.completions.isEmpty } } }

    subscript(name: String) -> ServerPrompt? { state.withLock { $0.prompts[name] } }

    func page(after: Int?, count: Int) -> (entries: [ServerPrompt], next: Int?) {
        state.withLock { $0.prompts.page(after: after, count: count) }
    }

    private static func add(_ prompt: ServerPrompt, to state: inout State) throws {
        let definition = prompt.definition
        guard !definition.name.isEmpty else { throw PromptDefinitionError(prompt: "", reason: "a prompt needs a name") }
        if let fault = MetaKey.fault(in: definition.meta) { throw PromptDefinitionError(prompt: definition.name, reason: fault) }
        let names = definition.arguments.map(\.name)
        guard Set(names).count == names.count else {
            throw PromptDefinitionError(prompt: definition.name, reason: "two arguments have the same name; rename one")
        }
        for name in prompt.completions.keys where !names.contains(name) {
            throw PromptDefinitionError(prompt: definition.name, reason: "it has no argument `\(name)` to complete")
        }
        guard state.prompts.add(prompt, for: definition.name) else {
            throw PromptDefinitionError(prompt: definition.name, reason: "there is another prompt of that name; rename one")
        }
    }
}

/// A prompt cannot be added to a server.
public struct PromptDefinitionError: Error, Sendable, Hashable, CustomStringConvertible {
    public var prompt: String
    public var reason: String
    public var description: String { "Prompt `\(prompt)`: \(reason)" }
}
