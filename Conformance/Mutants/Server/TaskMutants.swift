import HTTPTypes
import MCPCore

/// Faults of the tasks extension.
enum TaskMutants {
    private static func get(_ change: @escaping @Sendable (inout JSONObject) -> Void) -> WireMutation { .result("tasks/get", change) }

    static let all = [
        ServerMutant(
            "failing-tools-succeed", "The result of a task whose tool fails has no isError", at: .v2026_07_28, fails: ["tasks-lifecycle"],
            get { $0.changeObject("result") { $0["isError"] = nil } }),
        ServerMutant(
            "task-capability", "The extension is declared as in the older revision too", at: .v2026_07_28, fails: ["tasks-capability-negotiation"],
            .result("server/discover") { $0.changeObject("capabilities") { $0["tasks"] = [:] } }),
        ServerMutant(
            "old-interval", "The interval has its older name too", at: .v2026_07_28, fails: ["tasks-wire-fields"],
            .tool("slow_compute") { if $0["resultType"] == "task" { $0["pollInterval"] = 100 } }),
        ServerMutant(
            "stateful-tasks", "Tasks have a requestState", at: .v2026_07_28, fails: ["tasks-request-state-removal"],
            get { $0["requestState"] = "state" }),
        ServerMutant(
            "talkative-update", "The acknowledgement of answers tells of the task", at: .v2026_07_28, fails: ["tasks-mrtr-input"],
            .result("tasks/update") { $0["status"] = "working" }),
        ServerMutant(
            "task-too-early", "A question of a call that becomes a task names a task", at: .v2026_07_28, fails: ["tasks-mrtr-composition"],
            .tool("test_tool_with_task") { if $0["resultType"] == "input_required" { $0["taskId"] = "early" } }),
        ServerMutant(
            "other-task-told", "Another task is told of", at: .v2026_07_28, fails: ["tasks-status-notifications"],
            .sends("notifications/tasks") {
                $0["taskId"] = "another"
                return .keep
            }),
        ServerMutant(
            "any-task-header", "Mcp-Name of a task is not compared", at: .v2026_07_28, fails: ["tasks-request-headers"],
            .request { request in
                if request.method == "tasks/get" { request.headers[.mcpRoutingName] = request.params["taskId"]?.string }
            }),
        ServerMutant(
            "empty-task-list", "`tasks/list` is still there", at: .v2026_07_28, fails: ["tasks-dispatch-and-envelope"],
            .replace({ $0.method == "tasks/list" }) { _ in ["resultType": "complete", "tasks": []] }),
        ServerMutant(
            "task-refused-otherwise", "A tool that needs a task is refused with another error", at: .v2026_07_28, fails: ["tasks-required-task-error"],
            .error { error, request in if request.tool == "failing_job", error["code"] == -32021 { error["code"] = -32602 } }),
    ]
}
