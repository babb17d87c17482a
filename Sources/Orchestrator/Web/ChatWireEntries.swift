import MCPCore

extension ChatEntry {
    /// How the page gets an entry; `kind` says which.
    var json: JSONValue {
        switch self {
        case .user(let message):
            [
                "kind": "user", "id": .string(message.id), "clientMessageID": .string(message.clientMessageID),
                "text": .string(message.text), "at": ChatWire.time(message.at),
            ]
        case .assistant(let message):
            [
                "kind": "assistant", "id": .string(message.id), "text": .string(message.text),
                "state": .string(message.state.rawValue), "at": ChatWire.time(message.at),
            ]
        case .tool(let call): call.json
        case .elicitation(let question): question.json
        case .failure(let notice):
            ["kind": "failure", "id": .string(notice.id), "failure": notice.failure.json, "at": ChatWire.time(notice.at)]
        }
    }
}

extension ToolCall {
    var json: JSONValue {
        ChatWire.object(
            ("kind", "tool"), ("id", .string(id)), ("server", .string(server)), ("tool", .string(tool)),
            ("title", title.map { .string($0) }), ("arguments", arguments), ("state", .string(state.rawValue)),
            ("question", question?.json), ("progress", progress?.json), ("result", result?.json), ("failure", failure?.json),
            ("canRetry", .bool(canRetry)), ("at", ChatWire.time(at)), ("startedAt", startedAt.map(ChatWire.time)),
            ("elapsed", elapsedMilliseconds.map { .integer(Int64($0)) }))
    }
}

extension ToolCall.Question {
    var json: JSONValue { ["text": .string(text), "why": .string(why), "destructive": .bool(isDestructive)] }
}

extension ToolProgress {
    var json: JSONValue {
        ChatWire.object(
            ("completed", .double(completed)), ("total", total.map { .double($0) }), ("message", message.map { .string($0) }))
    }
}

extension ToolResult {
    var json: JSONValue {
        ChatWire.object(("content", .array(content)), ("structured", structuredContent), ("isError", .bool(isError)))
    }
}

extension Elicitation {
    var json: JSONValue {
        var schema: JSONValue?
        var address: JSONValue?
        var warnings: JSONValue?
        switch mode {
        case .form(let value): schema = value
        case .url(let text):
            address = .string(text)
            // What is no page at all never gets here: the SDK refuses it.
            let found = (try? ElicitationPage(url: text))?.warnings ?? []
            if !found.isEmpty { warnings = .array(found.map { .string($0.word) }) }
        }
        return ChatWire.object(
            ("kind", "elicitation"), ("id", .string(id)), ("server", .string(server)), ("tool", tool.map { .string($0) }),
            ("message", .string(message)), ("schema", schema), ("url", address), ("warnings", warnings), ("state", .string(state.rawValue)),
            ("content", content.map { .object($0) }), ("at", ChatWire.time(at)))
    }
}

extension ElicitationPage.Warning {
    /// The word that the page knows.
    fileprivate var word: String {
        switch self {
        case .notEncrypted: "notEncrypted"
        case .ambiguousHost: "ambiguousHost"
        case .credentials: "credentials"
        case .numericHost: "numericHost"
        }
    }
}
