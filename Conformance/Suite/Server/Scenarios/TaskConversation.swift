import MCPCore

/// What the scenarios of the tasks extension do again and again.
enum TaskConversation {
    static let extensionID = "io.modelcontextprotocol/tasks"
    static let capabilities: JSONObject = ["elicitation": [:], "sampling": [:], "extensions": [extensionID: [:]]]
    private static let terminal: Set<String> = ["completed", "failed", "cancelled"]

    static func isOffered(by server: Conversation) async throws -> Bool {
        try await server.serverCapabilities()["extensions"]?[extensionID] != nil
    }

    /// Calls a tool that becomes a task.
    /// - Returns: The task's id.
    static func create(_ tool: String, _ arguments: JSONObject, _ server: Conversation) async throws -> String {
        try id(of: await server.callTool(tool, arguments).result())
    }

    static func id(of created: JSONObject) throws -> String {
        guard created["resultType"] == "task", let id = created["taskId"]?.string else {
            throw Reply.Unusable(description: "the call was to become a task, but is answered with \(JSONValue.object(created).excerpt)")
        }
        return id
    }

    static func get(_ id: String, _ server: Conversation) async throws -> JSONObject {
        try await server.call("tasks/get", ["taskId": .string(id)]).result()
    }

    /// Asks for a task until it has ended, or has reached a status.
    static func wait(
        for id: String, until isReached: @Sendable (JSONObject) -> Bool = { terminal.contains($0["status"]?.string ?? "") }, _ server: Conversation
    ) async throws -> JSONObject {
        // A task that never gets there is stopped by the limit of the scenario.
        while true {
            let task = try await get(id, server)
            if isReached(task) { return task }
            if terminal.contains(task["status"]?.string ?? "") {
                throw Reply.Unusable(description: "the task has ended too early: \(JSONValue.object(task).excerpt)")
            }
            try await Task.sleep(for: .milliseconds(min(max(task["pollIntervalMs"]?.integer ?? 100, 20), 200)))
        }
    }

    /// Waits for a task that asks for that many answers.
    static func waitForQuestions(_ count: Int, of id: String, _ server: Conversation) async throws -> JSONObject {
        let task = try await wait(for: id, until: { $0["status"] == "input_required" && ($0["inputRequests"]?.object?.count ?? 0) >= count }, server)
        return task["inputRequests"]?.object ?? [:]
    }

    static func answers(to questions: JSONObject) -> JSONObject {
        JSONObject(
            questions.compactMap { key, question in
                FormAnswers.result(question["method"]?.string ?? "", question["params"]?.object ?? [:]).map { (key, .object($0)) }
            })
    }

    /// Whether a reply is a complete result that says nothing of the task.
    static func isEmpty(_ reply: Reply) -> Bool {
        guard let result = reply.response?["result"]?.object, result["resultType"] == "complete" else { return false }
        return ["taskId", "status", "result", "error", "inputRequests"].allSatisfy { result[$0] == nil }
    }
}
