import Synchronization

/// Follows one task to its end on behalf of a call.
struct TaskFollower: Sendable {
    let call: ExtendedCall
    let settings: ClientTasksExtension

    private enum Event: Sendable {
        case changed(DetailedTask)
        case tick
        case timedOut(Duration)
    }

    /// - Returns: What the call would have returned.
    /// - Throws: The error that the call would have had; `ClientError.taskCancelled`; as `ExtendedCall.request`. The server is asked to cancel the
    ///   task where it is given up.
    func result(of task: DetailedTask) async throws -> JSONObject {
        do {
            return try end(try await follow(task))
        } catch let error as JSONRPCError {
            throw error
        } catch ClientError.taskCancelled(let id, let message) {
            throw ClientError.taskCancelled(id: id, message: message)
        } catch {
            // Unstructured: the task that asked is cancelled, and must not wait for a server that does not answer.
            Task { _ = try? await call.request(TasksMethods.cancel, ["taskId": .string(task.id)]) }
            throw error
        }
    }

    private func end(_ task: DetailedTask) throws -> JSONObject {
        switch task.state {
        case .completed(let result): return result
        case .failed(let error): throw error
        case .cancelled: throw ClientError.taskCancelled(id: task.id, message: task.statusMessage)
        case .working, .inputRequired: throw CancellationError()
        }
    }

    /// - Returns: The task at its end.
    func follow(_ first: DetailedTask) async throws -> DetailedTask {
        if first.isTerminal { return first }
        let id = first.id
        let clock = call.clock
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let (events, event) = AsyncStream<Event>.makeStream(bufferingPolicy: .bufferingNewest(64))
            func tick(at time: Duration) {
                group.addTask {
                    try await clock.sleep(time)
                    event.yield(.tick)
                }
            }
            if let maximum = call.options.maximumTime {
                group.addTask { [start = clock.now()] in
                    try await clock.sleep(start + maximum)
                    event.yield(.timedOut(maximum))
                }
            }
            if settings.followsNotifications {
                group.addTask {
                    // Without notifications there is still the asking.
                    guard let changes = try? await TaskChanges(of: [id], on: call.connection, revision: call.outgoing.revision) else { return }
                    do { for try await task in changes { event.yield(.changed(task)) } } catch is TransportError {}
                }
            }
            defer { group.cancelAll() }
            var task = first
            var answered: Set<String> = []
            var failures = 0
            var next = clock.now() + interval(of: task)
            tick(at: next)
            for await happened in events {
                switch happened {
                case .timedOut(let maximum): throw ClientError.timedOut(method: call.method, after: maximum)
                case .changed(let changed): task = changed
                case .tick:
                    guard clock.now() >= next else {
                        tick(at: next)
                        continue
                    }
                    do {
                        task = try await get(id)
                        failures = 0
                    } catch let error as TransportError {
                        failures += 1
                        guard failures <= settings.toleratedFailures else { throw error }
                    }
                }
                if task.isTerminal { return task }
                if case .inputRequired(let requests) = task.state { try await answer(requests, of: id, &answered) }
                next = clock.now() + interval(of: task)
                if case .tick = happened { tick(at: next) }
            }
            throw CancellationError()
        }
    }

    private func interval(of task: DetailedTask) -> Duration {
        task.pollIntervalMilliseconds.map { .milliseconds(max($0, 1)) } ?? settings.pollInterval
    }

    private func get(_ id: String) async throws -> DetailedTask {
        let result = try await call.request(TasksMethods.get, ["taskId": .string(id)])
        do { return try DetailedTask(json: .object(result)) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: TasksMethods.get, reason: error.description)
        }
    }

    /// Answers what has not been answered yet.
    private func answer(_ requests: JSONObject, of id: String, _ answered: inout Set<String>) async throws {
        let open = JSONObject(requests.filter { !answered.contains($0.key) }.map { ($0.key, $0.value) })
        guard !open.isEmpty else { return }
        let answers = try await call.answers(to: open)
        _ = try await call.request(TasksMethods.update, ["taskId": .string(id), "inputResponses": .object(answers)])
        answered.formUnion(open.keys)
    }
}
