import Synchronization

/// The tasks of a server: those that run here, those that are kept, and who follows them.
final class TaskTable: Sendable {
    private struct State {
        var runs: [String: TaskRun] = [:]
        var listeners: [ObjectIdentifier: TaskListener] = [:]
        var environment = ServerEnvironment.system
        var diagnostics: @Sendable (ServerDiagnostic) -> Void = { _ in }
    }

    let store: any TaskStore
    private let limits: TasksExtension.Limits
    private let state = Mutex(State())
    /// What the result that starts a task has beside it.
    let filling: JSONObject

    init(store: any TaskStore, limits: TasksExtension.Limits, filling: JSONObject = [:]) {
        self.store = store
        self.limits = limits
        self.filling = filling
    }

    /// Takes clock, randomness and diagnostics of the server that it belongs to.
    func attach(_ configuration: ServerConfiguration) {
        state.withLock { state in
            state.environment = configuration.environment
            state.diagnostics = configuration.diagnostics
        }
    }

    private var environment: ServerEnvironment { state.withLock { $0.environment } }
    private var timestamp: String { Timestamp(milliseconds: environment.now()).description }

    /// Creates a task, durably.
    /// - Returns: `nil` where no more are kept, or run.
    func create(owner: String?) async throws -> (TaskRun, DetailedTask)? {
        try await removeExpired()
        let now = environment.now()
        let run = TaskRun(id: environment.randomIdentifier())
        let hasRoom = state.withLock { state in
            guard state.runs.count < limits.maximumRunning else { return false }
            // Before it is created: whoever learns of it may end it.
            state.runs[run.id] = run
            return true
        }
        guard hasRoom else { return nil }
        let text = Timestamp(milliseconds: now).description
        let task = DetailedTask(
            id: run.id, createdAt: text, lastUpdatedAt: text, ttlMilliseconds: limits.ttlMilliseconds,
            pollIntervalMilliseconds: limits.pollIntervalMilliseconds)
        do {
            try await store.create(TaskRecord(task: task, owner: owner, expires: limits.ttlMilliseconds.map { now + Int64($0) }))
            return (run, task)
        } catch {
            forget(run)
            if error is TaskStoreFull { return nil }
            throw error
        }
    }

    /// The task of that id, for a peer that may use it.
    /// - Throws: The same error for a task that is not there, has expired, or is another's.
    func record(_ id: String, for peer: Peer) async throws -> TaskRecord {
        try await removeExpired()
        guard let record = try await store.record(id), record.owner == peer.principal?.id, record.expires.map({ $0 > environment.now() }) ?? true
        else {
            throw JSONRPCError(.invalidParams, "Unknown task: it does not exist, or has expired")
        }
        return record
    }

    /// Adds questions to those that the task waits on.
    func ask(_ requests: JSONObject, in run: TaskRun) async throws {
        try Task.checkCancellation()
        try await change(run.id) { record in
            guard !record.task.isTerminal else { return }
            var all = requests
            if case .inputRequired(let open) = record.task.state {
                all = open
                all.merge(requests)
            }
            record.task.state = .inputRequired(all)
        }
    }

    /// Takes answers to open questions; what else comes is ignored.
    func answer(_ responses: JSONObject, in id: String) async throws {
        guard let run = state.withLock({ $0.runs[id] }) else {
            guard try await store.record(id)?.task.isTerminal == false else { return }
            throw JSONRPCError(.internalError, "This task does not run in this process; the answers are not taken")
        }
        let taken = try await change(id) { record -> JSONObject in
            guard case .inputRequired(var open) = record.task.state else { return [:] }
            var taken = JSONObject()
            for (key, response) in responses where open[key] != nil {
                open[key] = nil
                taken[key] = response
            }
            record.task.state = open.isEmpty ? .working : .inputRequired(open)
            return taken
        }
        for (key, response) in taken ?? [:] { run.deliver(response.object ?? [:], for: key) }
    }

    /// Asks a task to end. One whose process is gone has ended.
    func cancel(_ id: String) async throws {
        if let run = state.withLock({ $0.runs[id] }) { return run.cancel() }
        try await change(id) { if !$0.task.isTerminal { $0.task.state = .cancelled } }
    }

    func report(_ message: String, of run: TaskRun) async throws {
        try await change(run.id) { if !$0.task.isTerminal { $0.task.statusMessage = message } }
    }

    /// Keeps how a task has ended.
    func finish(_ run: TaskRun, _ result: Result<JSONObject, JSONRPCError>) async {
        defer { forget(run) }
        var end: DetailedTask.State
        switch result {
        case .success(let result): end = run.isCancelled && result["isError"] == true ? .cancelled : .completed(result)
        case .failure(let error): end = run.isCancelled ? .cancelled : .failed(error)
        }
        do {
            do { try await conclude(run.id, end) } catch is TaskStoreFull {
                end = .failed(JSONRPCError(.internalError, "The task has ended, but its result is larger than what the server can keep"))
                try await conclude(run.id, end)
            }
        } catch {
            state.withLock { $0.diagnostics }(.handlerFailed(method: "tasks", name: run.id, error: error))
        }
    }

    private func conclude(_ id: String, _ end: DetailedTask.State) async throws {
        try await change(id) { record in
            guard !record.task.isTerminal else { return }
            record.task.state = end
            record.task.statusMessage = if case .failed(let error) = end { error.message } else { nil }
        }
    }

    /// Says of tasks that no process runs any more that they have failed.
    func recover() async throws {
        for record in try await store.unfinished() where state.withLock({ $0.runs[record.task.id] == nil }) {
            try await conclude(record.task.id, .failed(JSONRPCError(.internalError, "The server was restarted before the task ended")))
        }
    }

    /// Ends all tasks that run here, and waits for their handlers.
    func end() async {
        let runs = state.withLock { Array($0.runs.values) }
        for run in runs { run.cancel() }
        for run in runs { await run.end() }
    }

    func add(_ listener: TaskListener) { state.withLock { $0.listeners[ObjectIdentifier(listener)] = listener } }

    func remove(_ listener: TaskListener) {
        state.withLock { _ = $0.listeners.removeValue(forKey: ObjectIdentifier(listener)) }
        listener.finish()
    }

    private func change<Value: Sendable>(_ id: String, _ body: @Sendable (inout TaskRecord) throws -> Value) async throws -> Value? {
        let now = timestamp
        let outcome = try await store.update(id) { record in
            let before = record
            let value = try body(&record)
            let isChanged = record != before
            if isChanged { record.task.lastUpdatedAt = now }
            return (value: value, isChanged: isChanged)
        }
        if outcome?.isChanged == true {
            for listener in state.withLock({ Array($0.listeners.values) }) { listener.add(id) }
        }
        return outcome?.value
    }

    /// There is no timer here: what has expired goes when somebody comes.
    private func removeExpired() async throws {
        for id in try await store.removeExpired(environment.now()) { state.withLock { $0.runs[id] }?.cancel() }
    }

    private func forget(_ run: TaskRun) { state.withLock { _ = $0.runs.removeValue(forKey: run.id) } }
}
