import MCPCore

/// Writes the body of `POST …/chat/completions`.
enum CompletionRequest {
    static func body(_ request: ModelRequest, model: String) -> JSONValue {
        var body: JSONObject = [
            "model": .string(model),
            "stream": true,
            "stream_options": ["include_usage": true],
            "messages": .array(request.messages.map(message)),
        ]
        if !request.tools.isEmpty { body["tools"] = .array(request.tools.map(tool)) }
        return .object(body)
    }

    private static func message(_ message: ModelMessage) -> JSONValue {
        switch message {
        case .system(let text): return ["role": "system", "content": .string(text)]
        case .user(let text): return ["role": "user", "content": .string(text)]
        case .assistant(let text, let calls):
            // Endpoints refuse an empty content beside tool calls, and null without them.
            var object: JSONObject = ["role": "assistant", "content": text.isEmpty && !calls.isEmpty ? .null : .string(text)]
            if !calls.isEmpty {
                object["tool_calls"] = .array(
                    calls.map { call in
                        [
                            "id": .string(call.id), "type": "function",
                            "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
                        ]
                    })
            }
            return .object(object)
        case .tool(let id, let content, _):
            return ["role": "tool", "tool_call_id": .string(id), "content": .string(content)]
        }
    }

    private static func tool(_ tool: ModelTool) -> JSONValue {
        // Endpoints want "properties" even where there are none.
        var schema = tool.inputSchema
        schema["$schema"] = nil
        if schema["type"] == nil { schema["type"] = "object" }
        if schema["properties"] == nil { schema["properties"] = .object([:]) }
        return [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description), "parameters": .object(schema),
            ],
        ]
    }
}
