/// Follows one task to its end on behalf of a call.
struct TaskFollower: Sendable {
    let call: ExtendedCall
    let settings: ClientTasksExtension

    /// - Returns: What the call would have returned.
    /// - Throws: The error that the call would have had; `ClientError.taskCancelled`; as `ExtendedCall.request`. The server is asked to cancel the
    ///   task where it is given up.
    func result(of task: DetailedTask) async throws -> JSONObject {
        let ended: DetailedTask
        do { ended = try await follow(task) } catch {
            // Whatever it is, it is not the task's own end. Unstructured: the task that asked may be cancelled, and must not wait for a server that does not answer.
            Task { _ = try? await call.request(TasksMethods.cancel, ["taskId": .string(task.id)]) }
            throw error
        }
        switch ended.state {
        case .completed(let result): return result
        case .failed(let error): throw error
        case .cancelled: throw ClientError.taskCancelled(id: ended.id, message: ended.statusMessage)
        case .working, .inputRequired: throw CancellationError()
        }
    }

    /// - Returns: The task at its end.
    func follow(_ first: DetailedTask) async throws -> DetailedTask {
        if first.isTerminal { return first }
        let id = first.id
        let clock = call.clock
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let news = TaskNews()
            let (times, time) = AsyncStream<Duration>.makeStream(bufferingPolicy: .bufferingNewest(1))
            // One for all, because the group keeps what each of its tasks has returned until the end of this one.
            group.addTask {
                for await time in times {
                    try await clock.sleep(time)
                    news.add { $0.isDue = true }
                }
            }
            if let maximum = call.options.maximumTime {
                group.addTask { [start = clock.now()] in
                    try await clock.sleep(start + maximum)
                    news.add { $0.timedOut = maximum }
                }
            }
            if settings.followsNotifications {
                group.addTask {
                    // Without notifications there is still the asking.
                    guard
                        let changes = try? await TaskChanges(
                            of: [id], on: call.connection, revision: call.outgoing.revision, options: call.options.handedOn())
                    else { return }
                    do { for try await task in changes { news.add { $0.changed = task } } } catch is TransportError {}
                }
            }
            defer { group.cancelAll() }
            var task = first
            var answers = Answers()
            var failures = 0
            var next = clock.now() + interval(of: task)
            time.yield(next)
            for await _ in news.wakes {
                let unseen = news.take()
                if let maximum = unseen.timedOut { throw ClientError.timedOut(method: call.method, after: maximum) }
                let isAsked = unseen.isDue && unseen.changed == nil && clock.now() >= next
                if let changed = unseen.changed { task = changed }
                if isAsked {
                    do {
                        task = try await get(id)
                        failures = 0
                    } catch let error where Self.mayPass(error) {
                        failures += 1
                        guard failures <= settings.toleratedFailures else { throw error }
                    }
                }
                if isAsked || unseen.changed != nil {
                    if task.isTerminal { return task }
                    if case .inputRequired(let requests) = task.state { try await answer(requests, of: id, &answers) }
                    next = clock.now() + interval(of: task)
                }
                if unseen.isDue { time.yield(next) }
            }
            throw CancellationError()
        }
    }

    /// Whether what has failed may succeed a little later: the way to the server, or a server that is busy.
    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let error as JSONRPCError: error.code == .internalError
        case ClientError.timedOut, is TransportError: true
        default: false
        }
    }

    private func interval(of task: DetailedTask) -> Duration {
        task.pollIntervalMilliseconds.map { .milliseconds(max($0, 1)) } ?? settings.pollInterval
    }

    private func get(_ id: String) async throws -> DetailedTask {
        let result = try await request(TasksMethods.get, ["taskId": .string(id)])
        do { return try DetailedTask(json: .object(result)) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: TasksMethods.get, reason: error.description)
        }
    }

    private func request(_ method: String, _ params: JSONObject) async throws -> JSONObject {
        do { return try await call.request(method, params) } catch TransportError.httpStatus(let status, _, let error?) where status < 500 && status != 429 {
            // Over HTTP some errors of a server that has understood the request come with a status of their own.
            throw error
        }
    }

    /// What the user has answered.
    private struct Answers {
        /// The keys of what the server has been told.
        var sent: Set<String> = []
        /// What is still to be told.
        var waiting = JSONObject()
        /// How often in a row it could not be told.
        var failures = 0
    }

    /// Answers what has not been answered yet. Where the server does not take it for the moment it is kept until it is asked for again: nobody is asked twice.
    private func answer(_ requests: JSONObject, of id: String, _ answers: inout Answers) async throws {
        let open = JSONObject(requests.filter { !answers.sent.contains($0.key) && answers.waiting[$0.key] == nil }.map { ($0.key, $0.value) })
        if !open.isEmpty { answers.waiting.merge(try await call.answers(to: open)) }
        guard !answers.waiting.isEmpty else { return }
        do {
            _ = try await request(TasksMethods.update, ["taskId": .string(id), "inputResponses": .object(answers.waiting)])
            answers.sent.formUnion(answers.waiting.keys)
            answers.waiting = [:]
            answers.failures = 0
        } catch let error where Self.mayPass(error) {
            answers.failures += 1
            guard answers.failures <= settings.toleratedFailures else { throw error }
        }
    }
}
