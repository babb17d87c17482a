/// `tools/list` and `tools/call`.
final class ToolsFeature: MethodHandler {
    private let tools: ToolRegistry
    private let limit: CallerLimit?

    init(tools: ToolRegistry, limit: CallerLimit?) {
        self.tools = tools
        self.limit = limit
    }

    var methods: [String] { ["tools/call", "tools/list"] }

    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        request.method.hasSameBytes(as: "tools/list") ? try list(request, exchange) : try await call(request, exchange)
    }

    private func list(_ request: JSONRPCRequest, _ exchange: ServerExchange) throws -> MethodResult {
        let cursor = try PageCursor(in: request.params)
        let configuration = exchange.configuration
        let (scopes, principal) = (configuration.scopes, exchange.peer.principal)
        let page = tools.page(
            after: cursor?.position, count: configuration.pageSize, revision: exchange.peer.revision, profile: exchange.profile
        ) { name in scopes.tools[name].map { scopes.allow(principal, $0) } ?? true }
        var result: JSONObject = ["tools": .array(page.tools)]
        result.set("nextCursor", page.next.map { PageCursor(position: $0).text })
        return .complete(result, cache: configuration.listCache)
    }

    nonisolated(nonsending) private func call(_ request: JSONRPCRequest, _ exchange: ServerExchange) async throws -> MethodResult {
        if let limit { try limit.check(exchange.peer) }
        let name: String = try request.params.decode("name")
        let given: JSONObject = try request.params.decodeIfPresent("arguments") ?? [:]
        guard let entry = tools[name] else { throw RequestFailure.unknownTool(name) }
        let (arguments, violations) = Self.validate(given, entry)
        // What does not fit is told as a result, in every revision: the model can mend it (SEP-1303).
        guard violations.isEmpty else {
            return complete(CallToolResult(text: Self.explain(violations, tool: name), isError: true), entry, exchange)
        }
        let outcome = try await AskingCall(exchange: exchange).run { [self] context in
            do {
                return try await entry.tool.handler(ToolArguments(arguments), context)
            } catch let error where exchange.isToolFailure(error) {
                return .complete(failure(error, tool: name, exchange))
            }
        }
        switch outcome {
        case .inputRequired(let required): return .inputRequired(required)
        case .complete(let result):
            try check(result, entry, exchange)
            // Each copy of a result counts a dozen references.
            if result.holdsMeta { return complete(exchange.withMetaKeysChecked(result), entry, exchange) }
            return complete(result, entry, exchange)
        }
    }

    private func complete(_ result: CallToolResult, _ entry: ToolRegistry.Entry, _ exchange: ServerExchange) -> MethodResult {
        .complete(exchange.profile.toolResult(result, schema: entry.tool.definition.outputSchema, revision: exchange.peer.revision))
    }

    /// Structured content is validated before it leaves; a tool that breaks its own promise is a fault of the server.
    private func check(_ result: CallToolResult, _ entry: ToolRegistry.Entry, _ exchange: ServerExchange) throws {
        guard let validator = entry.output, !result.isError else { return }
        let name = entry.tool.definition.name
        let reason: String
        if let value = result.structuredContent {
            let violations = validator.validate(value)
            if violations.isEmpty { return }
            reason = violations.map(\.description).joined(separator: "; ")
        } else {
            reason = "structured content is missing"
        }
        exchange.configuration.diagnostics(.invalidOutput(tool: name, reason: reason))
        throw JSONRPCError(.internalError, "Tool \(name) returned what its output schema does not allow: \(reason)")
    }

    private func failure(_ error: any Error, tool: String, _ exchange: ServerExchange) -> CallToolResult {
        switch error {
        case let error as ToolError: return CallToolResult(text: error.message, isError: true)
        case let error as JSONDecodingError where error.isOfArguments:
            return CallToolResult(text: "Invalid arguments for tool \(tool): \(error)", isError: true)
        default:
            exchange.configuration.diagnostics(.handlerFailed(method: "tools/call", name: tool, error: error))
            return CallToolResult(text: "Tool \(tool) failed. Its operator finds the reason in the server's log.", isError: true)
        }
    }

    /// Many models write `null` for an argument that they leave out. Where the schema does not want it, that is what it means.
    private static func validate(_ given: JSONObject, _ entry: ToolRegistry.Entry) -> (JSONObject, [SchemaViolation]) {
        let violations = entry.input.validate(.object(given))
        guard !violations.isEmpty, given.contains(where: { $0.value.isNull }) else { return (given, violations) }
        let present = JSONObject(given.filter { !$0.value.isNull }.map { ($0.key, $0.value) })
        let remaining = entry.input.validate(.object(present))
        return remaining.isEmpty ? (present, []) : (given, violations)
    }

    private static func explain(_ violations: [SchemaViolation], tool: String) -> String {
        "Invalid arguments for tool \(tool):\n" + violations.map { "- \($0)" }.joined(separator: "\n")
    }
}

extension ServerExchange {
    /// Whether an error that a tool threw is a failure of the tool, told in its result, rather than of the protocol.
    func isToolFailure(_ error: any Error) -> Bool {
        !(error is JSONRPCError || error is RequestFailure || error is CancellationError || error is AwaitingAnswer
            || error is RequestStateError || error is URLElicitationRequired)
    }
}

/// An opaque cursor: the place behind which the next page begins.
struct PageCursor {
    let position: Int
    init(position: Int) { self.position = position }

    /// The cursor of a list request; `nil` for the first page.
    /// - Throws: `RequestFailure.invalidParams` for a cursor that this server did not make.
    init?(in params: JSONObject) throws {
        guard let text: String = try params.decodeIfPresent("cursor") else { return nil }
        guard let bytes = Base64.decode(text), let position = Int(String(decoding: bytes, as: UTF8.self)), position >= 0 else {
            throw RequestFailure.invalidParams("Invalid cursor; leave it out to start from the first page", data: nil)
        }
        self.position = position
    }

    var text: String { Base64.encode(String(position).utf8) }
}
