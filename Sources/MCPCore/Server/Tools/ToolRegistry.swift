import Synchronization

/// The tools of a server, in the order in which they were added. They may be added and removed while the server runs.
public final class ToolRegistry: Sendable {
    /// A tool with what is made of it once: its validators, and its listing for each revision.
    ///
    /// A class, because each call takes one from the registry: copying the definition in it would count a dozen references.
    final class Entry: Sendable {
        let tool: ServerTool
        let input: SchemaValidator
        let output: SchemaValidator?
        /// Its parameters that travel as headers too.
        let parameterHeaders: [ParameterHeader]
        /// Its place in the list; it grows with each addition, so that a page's cursor survives changes.
        let ordinal: Int

        init(tool: ServerTool, input: SchemaValidator, output: SchemaValidator?, parameterHeaders: [ParameterHeader], ordinal: Int) {
            self.tool = tool
            self.input = input
            self.output = output
            self.parameterHeaders = parameterHeaders
            self.ordinal = ordinal
        }
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// In the order of their ordinals.
        var names: [(ordinal: Int, name: String)] = []
        var nextOrdinal = 0
        var faults: [String] = []
        /// Listings in the spelling of a revision, made on first use.
        var listings: [ProtocolRevision: [String: JSONValue]] = [:]
        var isOffered = false
    }

    private let state: Mutex<State>
    private let subscriptions: SubscriptionHub

    init(_ tools: [ServerTool], subscriptions: SubscriptionHub) {
        self.subscriptions = subscriptions
        var state = State()
        for tool in tools {
            do { try Self.add(tool, to: &state) } catch { state.faults.append("\(error)") }
        }
        self.state = Mutex(state)
    }

    /// Adds a tool and tells subscribed clients.
    /// - Throws: `ToolDefinitionError` where the name is taken or not allowed, a schema is none, a key of its `_meta` is none, or an `x-mcp-header` breaks a rule.
    public func add(_ tool: ServerTool) throws {
        try state.withLock { try Self.add(tool, to: &$0) }
        subscriptions.publish(.toolsListChanged)
    }

    /// Removes a tool and tells subscribed clients. Calls under way go on.
    /// - Returns: Whether there was such a tool.
    @discardableResult public func remove(_ name: String) -> Bool {
        let removed = state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: name) else { return false }
            state.names.removeAll { $0.ordinal == entry.ordinal }
            state.listings.removeAll()
            return true
        }
        if removed { subscriptions.publish(.toolsListChanged) }
        return removed
    }

    /// The definitions, in order.
    public var definitions: [Tool] { state.withLock { state in state.names.compactMap { state.entries[$0.name]?.tool.definition } } }

    /// Faults in the tools that the server was built from.
    var faults: [String] { state.withLock { $0.faults } }

    /// Whether the server has, or has had, tools.
    var isOffered: Bool { state.withLock { $0.isOffered } }

    subscript(name: String) -> Entry? { state.withLock { $0.entries[name] } }

    /// The definition of the tool of that name.
    public func definition(named name: String) -> Tool? { self[name]?.tool.definition }

    /// The parameters of the tool of that name that Streamable HTTP mirrors into headers; none where there is no such tool.
    public func parameterHeaders(of name: String) -> [ParameterHeader] { self[name]?.parameterHeaders ?? [] }

    /// One page of the list, as `profile` spells it, behind the entry with ordinal `after`. Tools that are not shown leave gaps in it.
    func page(
        after: Int?, count: Int, revision: ProtocolRevision, profile: any WireProfile, isShown: (String) -> Bool = { _ in true }
    ) -> (tools: [JSONValue], next: Int?) {
        state.withLock { state in
            let start = after.map { after in state.names.sortedIndex { $0.ordinal > after } } ?? 0
            // At least one entry a page: a list that never ends would keep a client asking.
            let end = start + min(max(count, 1), state.names.count - start)
            // Taken out, so that it is changed in place.
            var listing = state.listings.removeValue(forKey: revision) ?? [:]
            let tools = state.names[start..<end].compactMap { _, name -> JSONValue? in
                guard isShown(name) else { return nil }
                if let known = listing[name] { return known }
                guard let entry = state.entries[name] else { return nil }
                let made = JSONValue.object(profile.tool(entry.tool.definition, revision: revision))
                listing[name] = made
                return made
            }
            state.listings[revision] = listing
            return (tools, end < state.names.count ? state.names[end - 1].ordinal : nil)
        }
    }

    private static func add(_ tool: ServerTool, to state: inout State) throws {
        let definition = tool.definition
        guard isValid(name: definition.name) else {
            throw ToolDefinitionError(tool: definition.name, reason: "a name has 1 to 128 characters of A-Z a-z 0-9 _ - .")
        }
        guard state.entries[definition.name] == nil else {
            throw ToolDefinitionError(tool: definition.name, reason: "there is another tool of that name; rename one")
        }
        guard definition.inputSchema["type"] == "object" else {
            throw ToolDefinitionError(tool: definition.name, reason: "its input schema must have \"type\": \"object\" at the root")
        }
        if let fault = MetaKey.fault(in: definition.meta) { throw ToolDefinitionError(tool: definition.name, reason: fault) }
        let parameterHeaders: [ParameterHeader]
        do { parameterHeaders = try ParameterHeader.all(in: definition.inputSchema) } catch {
            throw ToolDefinitionError(tool: definition.name, reason: "\(error); clients would leave the tool out")
        }
        let entry = Entry(
            tool: tool, input: try compile(definition.inputSchema, "input", of: definition.name),
            output: try definition.outputSchema.map { try compile(output: $0, of: definition.name) }, parameterHeaders: parameterHeaders,
            ordinal: state.nextOrdinal)
        state.entries[definition.name] = entry
        state.names.append((entry.ordinal, definition.name))
        state.nextOrdinal += 1
        state.listings.removeAll()
        state.isOffered = true
    }

    private static func compile(_ schema: JSONObject, _ kind: String, of tool: String) throws -> SchemaValidator {
        do { return try SchemaValidator(compiling: .object(schema)) } catch {
            throw ToolDefinitionError(tool: tool, reason: "its \(kind) schema cannot be used: \(error)")
        }
    }

    private static func compile(output schema: JSONObject, of tool: String) throws -> SchemaValidator {
        let validator = try compile(schema, "output", of: tool)
        // Clients of the handshake era are given another schema, whose references must lead somewhere too.
        guard ResultWrapping.isNeeded(for: schema) else { return validator }
        do { _ = try SchemaValidator(compiling: .object(ResultWrapping.wrap(schema: schema))) } catch {
            throw ToolDefinitionError(
                tool: tool,
                reason:
                    "its output schema is not of objects alone, and does not work inside `{\"\(ResultWrapping.name)\": …}`, where it stands before 2026-07-28; "
                    + "refer to `#/$defs/…`: \(error)")
        }
        return validator
    }

    /// The rule of 2025-11-25 and later (SEP-986).
    private static func isValid(name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// A tool cannot be offered.
public struct ToolDefinitionError: Error, Sendable, CustomStringConvertible {
    public var tool: String
    public var reason: String
    public var description: String { "Tool `\(tool)`: \(reason)" }
}
