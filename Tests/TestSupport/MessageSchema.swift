import MCPCore

/// Holds the messages of one conversation between a client and a server against the published schemas of their revisions.
public struct MessageSchema: Sendable {
    /// Who sent a message.
    public enum Side: String, Sendable {
        case client = ">"
        case server = "<"
    }

    private var revision: String
    /// The methods of requests, by their ids, of either side.
    private var methods: [Side: [RequestID: String]] = [.server: [:], .client: [:]]

    /// - Parameter revision: That of the conversation, until `initialize` has negotiated another.
    public init(revision: String) { self.revision = revision }

    /// What is wrong with a message; empty where nothing is.
    public mutating func check(_ message: JSONValue, from side: Side) throws -> [String] {
        // Both eras may share a connection.
        let isPerRequest = message["params"]?["_meta"]?[MetaKey.protocolVersion] != nil || message["result"]?["resultType"] != nil
        let schema = try SpecificationSchema.of(isPerRequest ? "2026-07-28" : revision)
        func violations(_ value: JSONValue, _ candidates: String...) throws -> [String] {
            guard let definition = candidates.first(where: schema.definitions.contains) else { return [] }
            return try schema.violations(of: value, as: definition).map { "\(definition)\($0)" }
        }
        let id = message["id"].flatMap { try? RequestID(json: $0) }
        if let method = message["method"]?.string {
            if let id { methods[side]?[id] = method }
            return try violations(message, id == nil ? "JSONRPCNotification" : "JSONRPCRequest")
                + (Self.definitions[method].map { try violations(message, $0) } ?? [])
                + (Self.taskDefinitions[method].map { try Self.taskViolations(message, $0) } ?? [])
        }
        if message["error"] != nil {
            if message["result"] != nil { return ["result and error"] }
            return try violations(message, "JSONRPCErrorResponse", "JSONRPCError") + specificError(message, schema)
        }
        guard let result = message["result"] else { return ["neither method nor result nor error"] }
        let asked = id.flatMap { methods[side == .server ? .client : .server]?[$0] }
        if asked == "initialize", let negotiated = result["protocolVersion"]?.string { revision = negotiated }
        let now = isPerRequest ? schema : try SpecificationSchema.of(revision)
        var found = try now.violations(
            of: message, as: now.definitions.contains("JSONRPCResultResponse") ? "JSONRPCResultResponse" : "JSONRPCResponse"
        ).map(\.description)
        if result["resultType"] == "task" { return found + (try Self.taskViolations(result, "CreateTaskResult")) }
        if let definition = asked.flatMap({ Self.taskResults[$0] }) { return found + (try Self.taskViolations(result, definition)) }
        let definition = result["resultType"] == "input_required" ? "InputRequiredResult" : asked.flatMap { Self.results[$0] ?? "Result" }
        guard let definition, now.definitions.contains(definition) else { return found + ["no request of that id"] }
        found += try now.violations(of: result, as: definition).map(\.description)
        return found
    }

    /// The errors of 2026-07-28 that have definitions of their own.
    private func specificError(_ message: JSONValue, _ schema: SpecificationSchema) throws -> [String] {
        guard let code = message["error"]?["code"]?.integer, let definition = Self.errors[code], schema.definitions.contains(definition)
        else {
            return []
        }
        return try schema.violations(of: message, as: definition).map(\.description)
    }

    private static let definitions = [
        "initialize": "InitializeRequest", "ping": "PingRequest", "tools/list": "ListToolsRequest", "tools/call": "CallToolRequest",
        "server/discover": "DiscoverRequest", "subscriptions/listen": "SubscriptionsListenRequest", "elicitation/create": "ElicitRequest",
        "resources/list": "ListResourcesRequest", "resources/templates/list": "ListResourceTemplatesRequest", "resources/read": "ReadResourceRequest",
        "resources/subscribe": "SubscribeRequest", "resources/unsubscribe": "UnsubscribeRequest", "prompts/list": "ListPromptsRequest",
        "prompts/get": "GetPromptRequest", "completion/complete": "CompleteRequest", "logging/setLevel": "SetLevelRequest",
        "sampling/createMessage": "CreateMessageRequest", "roots/list": "ListRootsRequest",
        "notifications/message": "LoggingMessageNotification", "notifications/resources/updated": "ResourceUpdatedNotification",
        "notifications/resources/list_changed": "ResourceListChangedNotification",
        "notifications/prompts/list_changed": "PromptListChangedNotification",
        "notifications/roots/list_changed": "RootsListChangedNotification",
        "notifications/elicitation/complete": "ElicitationCompleteNotification",
        "notifications/initialized": "InitializedNotification", "notifications/cancelled": "CancelledNotification",
        "notifications/progress": "ProgressNotification", "notifications/tools/list_changed": "ToolListChangedNotification",
        "notifications/subscriptions/acknowledged": "SubscriptionsAcknowledgedNotification",
    ]
    private static let results = [
        "initialize": "InitializeResult", "ping": "EmptyResult", "tools/list": "ListToolsResult", "tools/call": "CallToolResult",
        "server/discover": "DiscoverResult", "subscriptions/listen": "SubscriptionsListenResult", "elicitation/create": "ElicitResult",
        "resources/list": "ListResourcesResult", "resources/templates/list": "ListResourceTemplatesResult", "resources/read": "ReadResourceResult",
        "resources/subscribe": "EmptyResult", "resources/unsubscribe": "EmptyResult", "prompts/list": "ListPromptsResult",
        "prompts/get": "GetPromptResult", "completion/complete": "CompleteResult", "logging/setLevel": "EmptyResult",
        "sampling/createMessage": "CreateMessageResult", "roots/list": "ListRootsResult",
    ]
    /// Those of the tasks extension.
    private static let taskDefinitions = [
        "tasks/get": "GetTaskRequest", "tasks/update": "UpdateTaskRequest", "tasks/cancel": "CancelTaskRequest",
        "notifications/tasks": "TaskStatusNotification",
    ]
    private static let taskResults = ["tasks/get": "GetTaskResult", "tasks/update": "UpdateTaskResult", "tasks/cancel": "CancelTaskResult"]

    private static func taskViolations(_ value: JSONValue, _ definition: String) throws -> [String] {
        try SpecificationSchema.of("ext-tasks").violations(of: value, as: definition).map { "\(definition)\($0)" }
    }

    private static let errors: [Int64: String] = [
        -32042: "URLElicitationRequiredError", -32020: "HeaderMismatchError", -32021: "MissingRequiredClientCapabilityError",
        -32022: "UnsupportedProtocolVersionError",
    ]
}
