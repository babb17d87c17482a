/// The tasks extension on a client (`io.modelcontextprotocol/tasks`, SEP-2663): give it to `ClientConfiguration.extensions`.
///
/// `Client.callTool` then takes a result also where the server answers with a task: it asks for the task at the interval that the server wants, answers
/// what the task asks with the client's handlers, and cancels the task when the Swift task is cancelled. `Client.tasks` gives each step by itself.
public struct ClientTasksExtension: ClientExtension {
    /// Whether the client also listens to `notifications/tasks` of each task, so that it need not wait for the next time that it asks.
    public var followsNotifications: Bool
    /// How often to ask where the server does not say.
    public var pollInterval: Duration
    /// How many times in a row a request about a task may fail before the call does: because of the way to the server, because it does not answer in time, or because
    /// it is busy (-32603). Other errors end the call at once, and the task is cancelled.
    public var toleratedFailures: Int

    public init(followsNotifications: Bool = false, pollInterval: Duration = .seconds(1), toleratedFailures: Int = 3) {
        self.followsNotifications = followsNotifications
        self.pollInterval = pollInterval
        self.toleratedFailures = toleratedFailures
    }

    public var identifier: String { TasksMethods.identifier }
    public var revisions: ClosedRange<ProtocolRevision> { TasksMethods.revisions }
    public var routingParameters: [String: String] { TasksMethods.routingParameters }
    public var resultTypes: Set<String> { [TasksMethods.resultType] }

    public func complete(_ result: JSONObject, of call: ExtendedCall) async throws -> JSONObject {
        guard TasksMethods.augmented.contains(call.method) else {
            throw ClientError.invalidResult(method: call.method, reason: "a task is not allowed here")
        }
        let task: DetailedTask
        do { task = try DetailedTask(seed: result) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: call.method, reason: error.description)
        }
        return try await TaskFollower(call: call, settings: self).result(of: task)
    }
}
