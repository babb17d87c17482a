import ConformanceSchemas
import MCPCore

/// Puts an example of a definition into a whole message.
struct ExamplePlacement {
    var source: String
    var definition: String
    var value: JSONValue

    var messages: [CorpusMessage] {
        if value["jsonrpc"] != nil { return [whole] }
        if let error { return [error] }
        if let method = Self.requests[definition] { return [message(["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": value], .client)] }
        if let method = Self.notifications[definition] { return [message(["jsonrpc": "2.0", "method": .string(method), "params": value], .server)] }
        if let method = Self.results[definition] { return [result(value, of: method)] }
        return question + answer + part
    }

    private var whole: CorpusMessage {
        let isRequest = value["id"] != nil && value["method"] != nil
        let answering = Self.results[definition.replacing("ResultResponse", with: "Result")]
        return message(value, isRequest || value["method"] == "notifications/cancelled" ? .client : .server, answering: answering)
    }

    private var error: CorpusMessage? {
        guard definition.hasSuffix("Error"), value["code"] != nil else { return nil }
        return message(["jsonrpc": "2.0", "id": 1, "error": value], .server)
    }

    /// A question to the client: part of a result in 2026-07-28, a request before.
    private var question: [CorpusMessage] {
        let request: JSONValue
        switch definition {
        case "CreateMessageRequest", "ElicitRequest", "ListRootsRequest": request = value
        case "CreateMessageRequestParams": request = ["method": "sampling/createMessage", "params": value]
        case "ElicitRequestFormParams", "ElicitRequestURLParams": request = ["method": "elicitation/create", "params": value]
        case "InputRequests": return [asking(value)]
        case "SamplingMessage", "ToolUseContent", "ToolResultContent", "ModelPreferences":
            let message: JSONValue = definition == "SamplingMessage" ? value : ["role": "user", "content": value]
            var params: JSONObject = ["maxTokens": 1, "messages": definition == "ModelPreferences" ? [] : [message]]
            if definition == "ModelPreferences" { params["modelPreferences"] = value }
            request = ["method": "sampling/createMessage", "params": .object(params)]
        case let field where field.hasSuffix("Schema"):
            request = [
                "method": "elicitation/create",
                "params": [
                    "mode": "form", "message": "?", "requestedSchema": ["type": "object", "properties": ["field": value], "required": ["field"]],
                ],
            ]
        default: return []
        }
        var old = request.object ?? [:]
        old["jsonrpc"] = "2.0"
        old["id"] = 1
        return [asking(["question": request]), message(.object(old), .server, revision: .v2025_11_25)]
    }

    private var answer: [CorpusMessage] {
        let answers: JSONValue
        switch definition {
        case "CreateMessageResult", "ElicitResult", "ListRootsResult": answers = ["question": value]
        case "Root": answers = ["question": ["roots": [value]]]
        case "InputResponses": answers = value
        default: return []
        }
        var params: JSONObject = ["_meta": Self.meta, "name": "tool", "inputResponses": answers]
        params["requestState"] = "state"
        let retry = message(["jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": .object(params)], .client)
        guard let method = Self.questions[definition] else { return [retry] }
        return [retry, message(["jsonrpc": "2.0", "id": 1, "result": value], .client, answering: method, revision: .v2025_11_25)]
    }

    /// A part of a result.
    private var part: [CorpusMessage] {
        switch definition {
        case "TextContent", "ImageContent", "AudioContent", "ResourceLink", "EmbeddedResource": [result(["content": [value]], of: "tools/call")]
        case "Tool": [result(["tools": [value]], of: "tools/list")]
        case "Resource": [result(["resources": [value]], of: "resources/list")]
        case "TextResourceContents", "BlobResourceContents": [result(["contents": [value]], of: "resources/read")]
        case "ServerCapabilities": [result(["supportedVersions": ["2026-07-28"], "capabilities": value], of: "server/discover")]
        case "ClientCapabilities":
            [
                message(
                    [
                        "jsonrpc": "2.0", "id": 1, "method": "tools/list",
                        "params": ["_meta": [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: value]],
                    ], .client)
            ]
        default: []
        }
    }

    private func asking(_ requests: JSONValue) -> CorpusMessage {
        message(
            ["jsonrpc": "2.0", "id": 1, "result": ["resultType": "input_required", "inputRequests": requests]], .server, answering: "tools/call")
    }

    private func result(_ value: JSONValue, of method: String) -> CorpusMessage {
        var result = value.object ?? [:]
        if result["resultType"] == nil { result["resultType"] = "complete" }
        if result["ttlMs"] == nil { result["ttlMs"] = 0 }
        if result["cacheScope"] == nil { result["cacheScope"] = "private" }
        return message(["jsonrpc": "2.0", "id": 1, "result": .object(result)], .server, answering: method)
    }

    private func message(
        _ json: JSONValue, _ sender: Party, answering: String? = nil, revision: ProtocolRevision = .v2026_07_28
    ) -> CorpusMessage {
        CorpusMessage(source: source, json: json, sender: sender, answering: answering, revision: revision)
    }

    private static let meta: JSONValue = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:]]
    private static let questions = [
        "CreateMessageResult": "sampling/createMessage", "ElicitResult": "elicitation/create", "ListRootsResult": "roots/list",
    ]
    private static let requests = [
        "CallToolRequestParams": "tools/call", "CompleteRequestParams": "completion/complete", "GetPromptRequestParams": "prompts/get",
        "PaginatedRequestParams": "tools/list",
    ]
    private static let notifications = [
        "CancelledNotificationParams": "notifications/cancelled", "LoggingMessageNotificationParams": "notifications/message",
        "ProgressNotificationParams": "notifications/progress", "ResourceUpdatedNotificationParams": "notifications/resources/updated",
    ]
    private static let results = [
        "CallToolResult": "tools/call", "CompleteResult": "completion/complete", "DiscoverResult": "server/discover",
        "GetPromptResult": "prompts/get", "InputRequiredResult": "tools/call", "ListPromptsResult": "prompts/list",
        "ListResourceTemplatesResult": "resources/templates/list", "ListResourcesResult": "resources/list", "ListToolsResult": "tools/list",
        "ReadResourceResult": "resources/read", "SubscriptionsListenResult": "subscriptions/listen",
    ]
}
