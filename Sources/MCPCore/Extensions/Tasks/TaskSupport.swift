/// Whether calls of a tool run as tasks (SEP-2663), for clients that have declared the extension. The server decides; clients do not ask for it.
public struct TaskSupport: Sendable, Hashable {
    enum Need: Sendable, Hashable { case none, optional, required }
    var need: Need
    var isStartedByHandler = false

    /// A call is answered with its result.
    public static let none = TaskSupport(need: .none)
    /// A call becomes a task before its handler starts; for clients without the extension, and while the server keeps no more tasks, it is
    /// answered with its result.
    public static let optional = TaskSupport(need: .optional)
    /// As `optional`, but clients without the extension are refused (-32021).
    public static let required = TaskSupport(need: .required)

    /// The same, but the call becomes a task where its handler calls `RequestContext.continueAsTask()`, and not before: what it asks until then is
    /// asked before the client gets the task.
    public var startedByHandler: TaskSupport {
        var support = self
        support.isStartedByHandler = true
        return support
    }
}

extension ServerTool {
    /// The same tool, whose calls run as tasks.
    public func asTask(_ support: TaskSupport = .optional) -> ServerTool {
        var tool = self
        tool.taskSupport = support
        return tool
    }
}

extension RequestContext {
    /// Lets the call go on as a task: the client gets its id at once, and what the handler returns goes to whoever asks for the task.
    ///
    /// From here on, questions are asked through the task (`tasks/update`), progress becomes its status message, and the handler is
    /// cancelled by `tasks/cancel` and no longer by the end of the request.
    /// - Returns: Whether the call is a task now: not where the tool does not support it, the client has not declared the extension, or the server
    ///   keeps no more tasks. The handler then goes on, and its result answers the request.
    @discardableResult public func continueAsTask() async throws -> Bool {
        try input.checkRunning()
        guard let deferral = exchange.deferral else { return false }
        return try await deferral.begin()
    }
}
