import Synchronization

/// A call of a tool that may become a task.
final class TaskCall: CallDeferral {
    private struct State {
        var before: (any InputBroker)?
        var run: TaskRun?
        var created: DetailedTask?
        var broker: TaskInputBroker?
        var isBeginning = false
        /// Nobody waits for the answer any more.
        var isAbandoned = false
    }

    /// What comes first.
    private enum Event: Sendable {
        case deferred
        case ended(Result<JSONObject, JSONRPCError>)
    }

    private let call: DeferrableCall
    private let support: TaskSupport
    private let tasks: TaskTable
    private let state = Mutex(State())
    private let events: AsyncStream<Event>
    private let event: AsyncStream<Event>.Continuation

    init(_ call: DeferrableCall, support: TaskSupport, tasks: TaskTable) {
        self.call = call
        self.support = support
        self.tasks = tasks
        (events, event) = AsyncStream.makeStream()
    }

    var isDeferred: Bool { state.withLock { $0.run != nil } }
    var taskBroker: TaskInputBroker? { state.withLock { $0.broker } }

    func inputBroker(before: any InputBroker) -> any InputBroker {
        state.withLock { $0.before = before }
        return DeferrableInputBroker(before: before, call: self)
    }

    func run(_ answer: @escaping @Sendable () async -> Result<JSONObject, JSONRPCError>) async -> Result<JSONObject, JSONRPCError> {
        // Unstructured: what has become a task outlives its request, and `TaskTable` ends it. Until then it ends with the request.
        let work = Task(executorPreference: CurrentExecutor.preference) {
            let result = await answer()
            if let run = self.state.withLock({ $0.run }) { await self.tasks.finish(run, result) } else { self.event.yield(.ended(result)) }
            self.event.finish()
        }
        return await withTaskCancellationHandler {
            await first(of: work)
        } onCancel: {
            if !self.isDeferred { work.cancel() }
        }
    }

    private func first(of work: Task<Void, Never>) async -> Result<JSONObject, JSONRPCError> {
        var iterator = events.makeAsyncIterator()
        switch await iterator.next() {
        case .ended(let result)?: return result
        case .deferred? where !Task.isCancelled:
            let (run, task) = state.withLock { ($0.run, $0.created) }
            run?.start(work)
            var seed = task?.seed ?? [:]
            seed.merge(tasks.filling)
            return .success(call.profile.result(.extended(type: "task", seed), of: call.request.method))
        case .deferred?, nil:
            // The request is cancelled: nobody will learn the id of a task that has just begun. It counts as under way until its handler has ended.
            let run = state.withLock { state in
                state.isAbandoned = true
                return state.run
            }
            run?.start(work)
            run?.cancel()
            work.cancel()
            await work.value
            return .failure(call.error(CancellationError()))
        }
    }

    func handlerWillStart() async throws {
        if !support.isStartedByHandler { _ = try await begin() }
    }

    func begin() async throws -> Bool {
        if isDeferred { return true }
        try Task.checkCancellation()
        guard
            state.withLock({ state in
                defer { state.isBeginning = true }
                return !state.isBeginning
            })
        else {
            throw JSONRPCError(.internalError, "The handler called `continueAsTask` from two tasks at once; call it before they start")
        }
        defer { state.withLock { $0.isBeginning = false } }
        guard let (run, task) = try await tasks.create(owner: call.peer.principal?.id) else {
            if support.need == .required { throw JSONRPCError(.internalError, TaskStoreFull().description) }
            return false
        }
        let isWanted = state.withLock { state in
            guard !state.isAbandoned, let before = state.before else { return false }
            state.run = run
            state.created = task
            state.broker = TaskInputBroker(run: run, tasks: tasks, capabilities: call.peer.capabilities, journal: before.journal)
            return true
        }
        guard isWanted else {
            run.cancel()
            await tasks.finish(run, .failure(call.error(CancellationError())))
            throw CancellationError()
        }
        event.yield(.deferred)
        return true
    }

    func report(_ message: String) async throws {
        try Task.checkCancellation()
        if let run = state.withLock({ $0.run }) { try await tasks.report(message, of: run) }
    }
}
