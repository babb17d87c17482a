import HTTPTypes
import MCPCore

/// A call of a tool, as a scripted server sees it.
struct ScriptedCall: Sendable {
    var name: String
    var arguments: JSONObject
    var message: ClientMessage
}

/// The part of a scripted server that most scenarios have in common: it opens in the era of the run, lists tools and hands their calls on.
struct StandardServer: ServerScript {
    var run: ClientRun
    var capabilities: JSONObject = ["tools": [:]]
    var tools: [JSONValue] = []
    /// The id of the session that `initialize` opens; `nil` for none.
    var sessionID: String?
    /// Results of further methods, without what every result has.
    var results: [String: JSONObject] = [:]
    /// Gets each message first; `nil` leaves it to the standard server.
    var first: @Sendable (ClientMessage, StandardServer) async throws -> ScriptedAnswer? = { _, _ in nil }
    var requests: @Sendable (HTTPRequest) async throws -> ScriptedAnswer? = { _ in nil }
    /// What to do on stdio before the server ends, after the client has closed its input.
    var ending: @Sendable (any EventSink) async -> Void = { _ in }
    /// Answers the call of a tool.
    var call: @Sendable (ScriptedCall, StandardServer) async throws -> ScriptedAnswer = { call, server in
        server.error(-32602, "Unknown tool: \(call.name)", to: call.message)
    }

    func answer(_ request: HTTPRequest) async throws -> ScriptedAnswer {
        if let answer = try await requests(request) { return answer }
        return .http(status: request.method == .delete ? 200 : 405, body: "")
    }

    func inputClosed(_ sink: any EventSink) async { await ending(sink) }

    func answer(_ message: ClientMessage) async throws -> ScriptedAnswer {
        if let answer = try await first(message, self) { return answer }
        guard let method = message.method, message.id != nil else { return .accepted }
        switch (method, run.revision.era) {
        case ("initialize", .handshake): return opened(message)
        case ("ping", .handshake): return result([:], to: message)
        case ("server/discover", .perRequest):
            return result(["supportedVersions": [.string(run.revision.rawValue)], "capabilities": .object(capabilities)], to: message)
        case ("tools/list", _): return result(["tools": .array(tools)], to: message)
        case ("tools/call", _):
            let made = ScriptedCall(
                name: message.params["name"]?.string ?? "", arguments: message.params["arguments"]?.object ?? [:], message: message)
            return made.name == "report" ? text("Noted.", to: message) : try await call(made, self)
        default:
            if let result = results[method] { return self.result(result, to: message) }
            return error(-32601, "Method not found: \(method)", to: message, status: run.revision.era == .handshake ? 400 : 404)
        }
    }

    /// The result of `initialize`: the revision that the client asks for, where the server has it.
    private func opened(_ message: ClientMessage) -> ScriptedAnswer {
        let asked = message.params["protocolVersion"]?.string.flatMap(ProtocolRevision.init)
        let revision = asked.map { $0.era == .handshake ? $0 : .latestHandshake } ?? .latestHandshake
        return opened(message, in: revision.rawValue)
    }

    /// The result of `initialize` with a version, known or not.
    func opened(_ message: ClientMessage, in version: String, session: String? = nil) -> ScriptedAnswer {
        let result: JSONObject = [
            "protocolVersion": .string(version), "capabilities": .object(capabilities), "serverInfo": ["name": "scripted", "version": "1.0.0"],
        ]
        return .message(
            response(.object(result), to: message), headers: (session ?? sessionID).map { [("mcp-session-id", $0)] } ?? [])
    }

    // MARK: Answers

    func result(_ result: JSONObject, to message: ClientMessage) -> ScriptedAnswer { .message(response(complete(result, message.method), to: message)) }

    func text(_ text: String, to message: ClientMessage) -> ScriptedAnswer { result(Self.content(text), to: message) }

    func error(_ code: Int64, _ text: String, data: JSONValue? = nil, to message: ClientMessage, status: Int = 200) -> ScriptedAnswer {
        var error: JSONObject = ["code": .integer(code), "message": .string(text)]
        if let data { error["data"] = data }
        return .message(["jsonrpc": "2.0", "id": message.id ?? 0, "error": .object(error)], status: status)
    }

    static func content(_ text: String) -> JSONObject { ["content": [["type": "text", "text": .string(text)]]] }

    /// The response with a text as the result of a call.
    func textResponse(_ text: String, to message: ClientMessage) -> JSONValue { response(complete(Self.content(text), message.method), to: message) }

    func response(_ result: JSONValue, to message: ClientMessage) -> JSONValue { ["jsonrpc": "2.0", "id": message.id ?? 0, "result": result] }

    /// A result with what every result of its revision has.
    func complete(_ result: JSONObject, _ method: String?) -> JSONValue {
        guard run.revision.era == .perRequest else { return .object(result) }
        var result = result
        if result["resultType"] == nil { result["resultType"] = "complete" }
        if let method, Self.cacheable.contains(method) {
            if result["ttlMs"] == nil { result["ttlMs"] = 0 }
            if result["cacheScope"] == nil { result["cacheScope"] = "private" }
        }
        return .object(result)
    }

    private static let cacheable: Set = [
        "server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read",
    ]

    /// A tool that takes anything, or what the schema says.
    static func tool(_ name: String, _ description: String = "Part of a conformance scenario.", _ inputSchema: JSONValue = ["type": "object"]) -> JSONValue {
        ["name": .string(name), "description": .string(description), "inputSchema": inputSchema]
    }
}
