/// The tasks of a server, step by step (SEP-2663). The client must have been given `ClientTasksExtension`; servers refuse others.
public struct ClientTasks: Sendable {
    let client: Client

    /// How a server has answered a call.
    public enum Answer: Sendable, Hashable {
        case result(CallToolResult)
        /// The server goes on with it. Who keeps its id can ask for it after a restart.
        case task(DetailedTask)
    }

    /// Calls a tool and takes a task as it is.
    /// - Throws: As `Client.callTool`.
    public func call(_ name: String, _ arguments: JSONObject = [:], options: RequestOptions = RequestOptions()) async throws -> Answer {
        var options = options
        options.keepsExtendedResults = true
        let object = try await client.toolResult(name, arguments, options: options)
        do {
            if object["resultType"]?.string == TasksMethods.resultType { return .task(try DetailedTask(seed: object)) }
        } catch let error as JSONDecodingError { throw ClientError.invalidResult(method: "tools/call", reason: error.description) }
        return .result(try await client.read(object, of: name, options))
    }

    /// How a task stands (`tasks/get`).
    /// - Throws: `JSONRPCError` for an unknown or expired task; what `Client.request` throws.
    public func get(_ id: String, options: RequestOptions = RequestOptions()) async throws -> DetailedTask {
        let result = try await client.request(TasksMethods.get, ["taskId": .string(id)], options: options)
        do { return try DetailedTask(json: .object(result)) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: TasksMethods.get, reason: error.description)
        }
    }

    /// Answers requests of a task (`tasks/update`), all that are open or some of them.
    /// - Parameter responses: Results by the keys of `inputRequests`.
    public func update(_ id: String, _ responses: JSONObject, options: RequestOptions = RequestOptions()) async throws {
        _ = try await client.request(TasksMethods.update, ["taskId": .string(id), "inputResponses": .object(responses)], options: options)
    }

    /// Asks the server to end a task (`tasks/cancel`). Whether and when it does is its own decision.
    public func cancel(_ id: String, options: RequestOptions = RequestOptions()) async throws {
        _ = try await client.request(TasksMethods.cancel, ["taskId": .string(id)], options: options)
    }

    /// Follows a task to its end as `Client.callTool` does: also one that was begun before the client was started.
    /// - Throws: The error that the call would have had; `ClientError.taskCancelled`; what `Client.request` throws. Cancelling cancels the task.
    public func result(of id: String, options: RequestOptions = RequestOptions()) async throws -> CallToolResult {
        let connection = client.connection
        let extensions = connection.configuration.extensions.compactMap { $0 as? ClientTasksExtension }
        let outgoing = ClientConnection.Outgoing(method: "tools/call", revision: client.revision, options: options)
        let follower = TaskFollower(call: ExtendedCall(connection: connection, outgoing: outgoing), settings: extensions.first ?? ClientTasksExtension())
        return try await client.read(try await follower.result(of: try await get(id, options: options.handedOn())), of: nil, options)
    }

    /// Listens to tasks (`subscriptions/listen`).
    /// - Throws: Where the server refuses, or does not acknowledge in the time of a request.
    public func changes(of ids: [String], options: RequestOptions = RequestOptions()) async throws -> TaskChanges {
        try await TaskChanges(of: ids, on: client.connection, revision: client.revision, options: options)
    }
}

extension Client {
    /// The server's tasks, step by step.
    public var tasks: ClientTasks { ClientTasks(client: self) }
}
