/// A task as a store keeps it.
public struct TaskRecord: Sendable, Hashable {
    public var task: DetailedTask
    /// The principal that may use it; `nil` where the server has no authorization, and the id alone gives access.
    public var owner: String?
    /// When it may be forgotten, in milliseconds since 1970-01-01T00:00:00Z; `nil` for never.
    public var expires: Int64?

    public init(task: DetailedTask, owner: String?, expires: Int64?) {
        self.task = task
        self.owner = owner
        self.expires = expires
    }
}

extension TaskRecord: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["task": task.json]
        object.set("owner", owner)
        object.set("expires", expires)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(task: try object.decode("task"), owner: try object.decodeIfPresent("owner"), expires: try object.decodeIfPresent("expires"))
    }
}

/// Where the tasks of a server are kept. Its calls may run concurrently; each is atomic.
///
/// A store may outlive the process that runs the tasks, and may serve several: see `TasksExtension.recover()`.
public protocol TaskStore: Sendable {
    /// Keeps a new task. Once it has returned, `record` finds the task, also after a crash where the store is durable.
    /// - Throws: `TaskStoreFull`.
    func create(_ record: TaskRecord) async throws

    /// The task of that id; `nil` where there is none.
    func record(_ id: String) async throws -> TaskRecord?

    /// Changes a task.
    /// - Returns: What `change` returned; `nil` where there is no such task.
    /// - Throws: `TaskStoreFull` where what it would be is too large, and it is as it was; what `change` throws, likewise.
    @discardableResult func update<Value: Sendable>(
        _ id: String, _ change: @Sendable (inout TaskRecord) throws -> Value
    ) async throws -> Value?

    /// Forgets the tasks that have expired.
    /// - Parameter now: Milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: Their ids.
    func removeExpired(_ now: Int64) async throws -> [String]

    /// The tasks that have not come to their end.
    func unfinished() async throws -> [TaskRecord]
}

/// A store keeps no more: too many tasks, too many of one principal, or too much in them.
public struct TaskStoreFull: Error, Sendable, CustomStringConvertible {
    public init() {}
    public var description: String { "The server keeps as many tasks as it can. Try again when earlier ones have expired." }
}
