import ConformanceSchemas
import MCPCore

/// Messages that neither the transcripts nor the examples of the specification have, mostly the tasks of 2025-11-25 and those of the extension.
enum WrittenMessages {
    static let all: [CorpusMessage] = coreTasks + taskExtension + handshake

    private static let task: JSONObject = [
        "taskId": "t1", "status": "working", "statusMessage": "Counting", "createdAt": "2025-11-25T10:30:00Z", "lastUpdatedAt": "2025-11-25T10:31:00Z",
        "ttl": 60000, "pollInterval": 500,
    ]

    private static let coreTasks: [CorpusMessage] = {
        var called = task
        called["_meta"] = ["k": 1]
        return ["tasks/get", "tasks/result", "tasks/cancel"].flatMap { method in
            [Party.client, .server].map { request(method, ["taskId": "t1", "_meta": ["progressToken": "p"]], from: $0, .v2025_11_25) }
        } + [
            request("tasks/list", ["cursor": "c"], .v2025_11_25), request("tasks/list", ["cursor": "c"], from: .server, .v2025_11_25),
            result(of: "tasks/get", .object(task), .v2025_11_25), result(of: "tasks/cancel", .object(called), .v2025_11_25),
            result(of: "tasks/list", ["tasks": [.object(task)], "nextCursor": "c"], .v2025_11_25),
            result(of: "tasks/result", ["content": [["type": "text", "text": "Done"]]], .v2025_11_25),
            notification("notifications/tasks/status", .object(task), .v2025_11_25),
            request("tools/call", ["name": "slow", "arguments": ["n": 1], "task": ["ttl": 60000]], .v2025_11_25),
        ]
    }()

    private static let meta: JSONValue = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: ["extensions": [:]]]

    private static let taskExtension: [CorpusMessage] = {
        func task(_ status: String, _ more: JSONObject = [:]) -> JSONValue {
            var task: JSONObject = [
                "resultType": "complete", "taskId": "t1", "status": .string(status), "createdAt": "2026-07-28T10:30:00Z",
                "lastUpdatedAt": "2026-07-28T10:31:00Z", "ttlMs": 60000, "pollIntervalMs": 500,
            ]
            task.merge(more)
            return .object(task)
        }
        let question: JSONValue = ["q": ["method": "roots/list"]]
        return [
            request("tasks/get", ["_meta": meta, "taskId": "t1"], .v2026_07_28), request("tasks/cancel", ["_meta": meta, "taskId": "t1"], .v2026_07_28),
            request("tasks/update", ["_meta": meta, "taskId": "t1", "inputResponses": ["q": ["roots": []]]], .v2026_07_28),
            result(of: "tasks/get", task("working"), .v2026_07_28), result(of: "tasks/get", task("cancelled"), .v2026_07_28),
            result(of: "tasks/get", task("input_required", ["inputRequests": question]), .v2026_07_28),
            result(of: "tasks/get", task("completed", ["result": ["content": []]]), .v2026_07_28),
            result(of: "tasks/get", task("failed", ["error": ["code": -32603, "message": "Broken"]]), .v2026_07_28),
            result(of: "tasks/update", ["resultType": "complete"], .v2026_07_28), result(of: "tasks/cancel", ["resultType": "complete"], .v2026_07_28),
            notification("notifications/tasks", task("working", ["_meta": [MetaKey.subscriptionID: 4]]), .v2026_07_28),
        ]
    }()

    private static let handshake: [CorpusMessage] = [
        notification("notifications/elicitation/complete", ["elicitationId": "e1"], .v2025_11_25),
        request("roots/list", ["_meta": ["progressToken": 1]], from: .server, .v2024_11_05),
        notification("notifications/roots/list_changed", ["_meta": ["k": 1]], from: .client, .v2024_11_05),
        notification("notifications/progress", ["progressToken": "p", "progress": 0.5, "total": 1], from: .client, .v2025_03_26),
        request("resources/subscribe", ["uri": "file:///a"], .v2025_03_26), request("resources/unsubscribe", ["uri": "file:///a"], .v2025_03_26),
    ]

    private static func request(_ method: String, _ params: JSONValue, from sender: Party = .client, _ revision: ProtocolRevision) -> CorpusMessage {
        message(["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": params], method, sender, nil, revision)
    }

    private static func notification(
        _ method: String, _ params: JSONValue, from sender: Party = .server, _ revision: ProtocolRevision
    ) -> CorpusMessage {
        message(["jsonrpc": "2.0", "method": .string(method), "params": params], method, sender, nil, revision)
    }

    private static func result(of method: String, _ result: JSONValue, _ revision: ProtocolRevision) -> CorpusMessage {
        message(["jsonrpc": "2.0", "id": 1, "result": result], "result of \(method)", .server, method, revision)
    }

    private static func message(
        _ json: JSONValue, _ name: String, _ sender: Party, _ answering: String?, _ revision: ProtocolRevision
    ) -> CorpusMessage {
        CorpusMessage(source: "written: \(name)", json: json, sender: sender, answering: answering, revision: revision)
    }
}
