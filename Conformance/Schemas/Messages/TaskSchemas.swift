import MCPCore

/// The experimental tasks of 2025-11-25 ("Tasks"), which that revision alone has.
extension RevisionSchemas {
    var coreTaskMessages: [MessageDefinition] {
        let params = requestParams(.required("taskId", .string))
        return [
            coreTask("tasks/get", params, result: .all(emptyResult, coreTask)),
            coreTask("tasks/result", params, result: emptyResult),
            coreTask("tasks/cancel", params, result: .all(emptyResult, coreTask)),
            coreTask("tasks/list", pageParams, omitsParams: true, result: result(.required("tasks", .array(of: coreTask)), nextCursor)),
            .notification(
                "notifications/tasks/status", from: [.client, .server], params: .all(notificationParams(), coreTask), since: .v2025_11_25,
                before: .v2026_07_28),
        ]
    }

    /// How a request asks to be run as a task.
    var taskMember: Member { .optional("task", object(.optional("ttl", .integer)), since: .v2025_11_25, before: .v2026_07_28) }

    /// A result, or the task that was made in its place.
    func orTask(_ result: Schema) -> Schema {
        if revision >= .v2026_07_28 { return .when("resultType", is: "task", then: createdTask, else: result) }
        if revision >= .v2025_11_25 { return .either(result, object(.required("task", coreTask), resultMeta)) }
        return result
    }

    private func coreTask(_ method: String, _ params: Schema, omitsParams: Bool = false, result: Schema) -> MessageDefinition {
        .request(
            method, from: [.client, .server], params: params, omitsParams: omitsParams, result: result, since: .v2025_11_25, before: .v2026_07_28)
    }

    private var coreTask: Schema {
        object(
            .required("taskId", .string), .required("status", .oneOf("working", "input_required", "completed", "failed", "cancelled")),
            .optional("statusMessage", .string), .required("createdAt", .string), .required("lastUpdatedAt", .string),
            .required("ttl", .either(.integer, .null)), .optional("pollInterval", .integer))
    }
}
