/// The words of the extension.
enum TasksMethods {
    static let identifier = "io.modelcontextprotocol/tasks"
    /// What came before, the experimental tasks of 2025-11-25, is another protocol.
    static let revisions = ProtocolRevision.v2026_07_28 ... .latest
    static let get = "tasks/get"
    static let update = "tasks/update"
    static let cancel = "tasks/cancel"
    static let notification = "notifications/tasks"
    static let resultType = "task"
    /// The requests that may be answered with a task (SEP-2663, "Supported Methods").
    static let augmented: Set<String> = ["tools/call"]
    static let routingParameters = [get: "taskId", update: "taskId", cancel: "taskId"]
}
