/// The tasks extension on a server (`io.modelcontextprotocol/tasks`, SEP-2663): calls of tools that support it are answered with a task, which
/// the client follows with `tasks/get`, `tasks/update`, `tasks/cancel` and `notifications/tasks`.
///
/// Give it to the server beside its tools, and say of a tool that it runs as a task: `@Tool(task: .optional)`, `ServerTool.asTask()`.
/// It exists from 2026-07-28 on; sessions of earlier revisions are answered with results.
///
/// A task belongs to the principal that called the tool. Without authorization, its id alone gives access: 128 random bits.
public final class TasksExtension: ServerExtension {
    /// How much a server keeps and runs, and for how long.
    public struct Limits: Sendable, Hashable {
        /// How long a task is kept, counted from its creation; its handler is cancelled then. `nil` without a limit.
        public var ttlMilliseconds: Int?
        /// How often clients should ask.
        public var pollIntervalMilliseconds: Int
        /// The most tasks that run at once. Further calls are answered with results, or refused where the tool requires a task.
        public var maximumRunning: Int
        /// The most tasks that one `subscriptions/listen` may follow.
        public var maximumFollowed: Int

        public init(
            ttlMilliseconds: Int? = 900_000, pollIntervalMilliseconds: Int = 1000, maximumRunning: Int = 256, maximumFollowed: Int = 256
        ) {
            self.ttlMilliseconds = ttlMilliseconds
            self.pollIntervalMilliseconds = max(pollIntervalMilliseconds, 1)
            self.maximumRunning = maximumRunning
            self.maximumFollowed = maximumFollowed
        }
    }

    private let tasks: TaskTable
    private let limits: Limits

    /// - Parameter fillsContent: Whether the result that starts a task has an empty `content` too. The core schema requires one of every result of `tools/call`, and gateways and
    ///   test suites that know only that schema refuse a task without it; the extension's schema allows it, and its clients go by `resultType`.
    public init(store: any TaskStore = MemoryTaskStore(), limits: Limits = Limits(), fillsContent: Bool = false) {
        self.limits = limits
        tasks = TaskTable(store: store, limits: limits, filling: fillsContent ? ["content": []] : [:])
    }

    public var identifier: String { TasksMethods.identifier }
    public var revisions: ClosedRange<ProtocolRevision> { TasksMethods.revisions }
    public var methods: Set<String> { [TasksMethods.get, TasksMethods.update, TasksMethods.cancel] }
    public var subscriptionMembers: Set<String> { ["taskIds"] }
    public var routingParameters: [String: String] { TasksMethods.routingParameters }

    /// Says of tasks in the store that no process runs that they have failed. Call it before serving, where the store outlives the process and no other
    /// process uses it: a handler that was interrupted cannot go on.
    public func recover() async throws { try await tasks.recover() }

    /// Cancels the tasks that run in this process, and waits until their handlers have ended. Call it before the process ends.
    public func endTasks() async { await tasks.end() }

    public func respond(to call: ExtensionCall) async throws -> JSONObject {
        let record = try await tasks.record(try call.params.decode("taskId"), for: call.peer)
        let id = record.task.id
        switch call.method {
        case TasksMethods.get: return record.task.members
        case TasksMethods.update:
            let responses: JSONObject = try call.params.decode("inputResponses")
            for (key, response) in responses where response.object == nil {
                throw JSONDecodingError(path: ["inputResponses", .key(key)], expected: "object", found: response.typeName)
            }
            try await tasks.answer(responses, in: id)
        default: try await tasks.cancel(id)
        }
        return [:]
    }

    public func subscribe(to wanted: JSONObject, for peer: Peer) async throws -> ExtensionSubscription {
        let ids: [String] = try JSONDecodingError.at(.key("notifications")) { try wanted.decode("taskIds") }
        guard ids.count <= limits.maximumFollowed else {
            throw JSONRPCError(.invalidParams, "Too many taskIds: \(ids.count), where at most \(limits.maximumFollowed) are followed; listen to fewer")
        }
        var known: [String] = []
        for id in ids where !known.contains(id) {
            if (try? await tasks.record(id, for: peer)) != nil { known.append(id) }
        }
        let listener = TaskListener(known)
        tasks.add(listener)
        let notifications = AsyncStream<JSONRPCNotification> { [tasks] in
            while let id = await listener.next() {
                if let record = try? await tasks.record(id, for: peer) {
                    return JSONRPCNotification(method: TasksMethods.notification, params: record.task.members)
                }
            }
            return nil
        }
        return ExtensionSubscription(granted: ["taskIds": known.json], notifications: notifications) { [tasks] in tasks.remove(listener) }
    }
}

extension TasksExtension: CallDeferring {
    func attach(_ configuration: ServerConfiguration) { tasks.attach(configuration) }

    func deferral(of call: DeferrableCall, tools: ToolRegistry) throws -> (any CallDeferral)? {
        guard TasksMethods.augmented.contains(call.request.method), let name = call.request.params["name"]?.string,
            let support = tools[name]?.tool.taskSupport, support.need != .none
        else { return nil }
        guard revisions.contains(call.peer.revision), call.peer.capabilities.settings(of: identifier) != nil else {
            if support.need == .required { throw RequestFailure.missingCapability(.declaring(identifier)) }
            return nil
        }
        return TaskCall(call, support: support, tasks: tasks)
    }
}
