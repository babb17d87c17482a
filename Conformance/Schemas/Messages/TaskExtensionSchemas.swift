import MCPCore

/// The tasks extension, `io.modelcontextprotocol/tasks` (SEP-2663).
extension RevisionSchemas {
    var taskExtensionMessages: [MessageDefinition] {
        let acknowledged = Schema.all(emptyResult, object(.required("resultType", .constant("complete"))))
        return [
            extensionTask("tasks/get", requestParams(.required("taskId", .string)), result: .all(acknowledged, detailedTask)),
            extensionTask(
                "tasks/update", requestParams(.required("taskId", .string), .required("inputResponses", inputResponses)), result: acknowledged),
            extensionTask("tasks/cancel", requestParams(.required("taskId", .string)), result: acknowledged),
            .notification(
                "notifications/tasks", from: [.server], params: .all(notificationParams(), detailedTask), since: .v2026_07_28),
        ]
    }

    /// The answer to a call that went on as a task.
    var createdTask: Schema {
        .all(
            emptyResult,
            task(.oneOf("working", "input_required", "completed", "failed", "cancelled"), .required("resultType", .constant("task"))))
    }

    private func extensionTask(_ method: String, _ params: Schema, result: Schema) -> MessageDefinition {
        .request(method, from: [.client], params: params, result: result, since: .v2026_07_28)
    }

    /// A task with what its status brings along.
    private var detailedTask: Schema {
        .either(
            task(.constant("working")), task(.constant("cancelled")),
            task(.constant("input_required"), .required("inputRequests", inputRequests)),
            task(.constant("completed"), .required("result", .object)),
            task(.constant("failed"), .required("error", object(.required("code", .integer), .required("message", .string)))))
    }

    private func task(_ status: Schema, _ members: Member...) -> Schema {
        object(
            [
                .required("taskId", .string), .required("status", status), .optional("statusMessage", .string), .required("createdAt", .string),
                .required("lastUpdatedAt", .string), .required("ttlMs", .either(.integer, .null)), .optional("pollIntervalMs", .integer),
            ] + members)
    }
}
