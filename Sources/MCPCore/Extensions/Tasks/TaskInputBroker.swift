import Synchronization

/// Asks through the task that a call has become (`tasks/update`). The handler stays where it is and waits.
final class TaskInputBroker: InputBroker {
    private struct State {
        /// What was answered and done before the call became a task, and since: a handler that keeps its own state runs again from the top.
        var journal: Journal
        var usedIDs: Set<String> = []
    }

    private let run: TaskRun
    private let tasks: TaskTable
    private let capabilities: ClientCapabilities
    private let state: Mutex<State>
    let ownInput = OwnInput()
    var mayEndRun: Bool { false }
    var hasState: Bool { false }
    func takeUp() async throws {}

    init(run: TaskRun, tasks: TaskTable, capabilities: ClientCapabilities, journal: Journal) {
        self.run = run
        self.tasks = tasks
        self.capabilities = capabilities
        state = Mutex(State(journal: journal, usedIDs: Set(journal.steps.keys).union(journal.answers.keys)))
    }

    func ask(_ questions: [RawQuestion]) async throws -> [JSONObject] {
        let known = try state.withLock { state in
            for question in questions {
                guard state.usedIDs.insert(question.id).inserted else { throw DuplicateQuestionError(id: question.id) }
                try question.check(against: capabilities)
            }
            return questions.map { question in
                state.journal.answers[question.id].flatMap { $0.params == question.params ? $0.result : nil }
            }
        }
        var open = zip(questions, known).enumerated().filter { $0.element.1 == nil }.map { (index: $0.offset, question: $0.element.0) }
        var results = known
        // An answer that does not fit is none: the question is asked again, under another key.
        while !open.isEmpty {
            let answers = try await answers(to: open.map(\.question))
            for (entry, answer) in zip(open, answers) where entry.question.accepts(answer) {
                results[entry.index] = answer
                let answered = Journal.Answered(params: entry.question.params, result: answer)
                state.withLock { $0.journal.answers[entry.question.id] = answered }
            }
            open = open.filter { results[$0.index] == nil }
        }
        return results.compactMap(\.self)
    }

    private func answers(to questions: [RawQuestion]) async throws -> [JSONObject] {
        try await answers(to: questions.map { ($0.id, InputRequired.Request(method: $0.method, params: $0.params)) })
    }

    private func answers(to requests: [(key: String, request: InputRequired.Request)]) async throws -> [JSONObject] {
        let expected = requests.map { run.expectAnswer(to: $0.key) }
        let inputRequests = zip(expected, requests).map { expected, entry -> (String, JSONValue) in
            (expected.key, ["method": .string(entry.request.method), "params": .object(entry.request.params)])
        }
        try await tasks.ask(JSONObject(inputRequests), in: run)
        var answers: [JSONObject] = []
        for entry in expected {
            var iterator = entry.answers.makeAsyncIterator()
            guard let answer = await iterator.next() else { throw CancellationError() }
            answers.append(answer)
        }
        return answers
    }

    func step(_ id: String, _ body: () async throws -> JSONValue) async throws -> JSONValue {
        try Task.checkCancellation()
        let known = try state.withLock { state in
            guard state.usedIDs.insert(id).inserted else { throw DuplicateQuestionError(id: id) }
            return state.journal.steps[id]
        }
        if let known { return known }
        let value = try await body()
        state.withLock { $0.journal.steps[id] = value }
        return value
    }

    var journal: Journal { state.withLock { $0.journal } }
    func checkRunning() throws {}
    func onPending(_ cancel: @escaping @Sendable () -> Void) {}
    func pending() async throws -> InputRequired? { nil }
    func require(_ required: URLElicitationRequired) async throws -> InputRequired { required.requests }
    func seal(_ required: InputRequired) async throws -> InputRequired { required }

    func resume(_ required: InputRequired) async throws -> OwnInput? {
        let answers = try await answers(to: required.requests)
        // The next run asks its questions again, and gets the answers that there are.
        state.withLock { $0.usedIDs = [] }
        return OwnInput(
            responses: JSONObject(zip(required.requests, answers).map { ($0.key, .object($1)) }), state: required.state)
    }
}

/// Asks in the way of the era until the call becomes a task, and through the task from then on.
struct DeferrableInputBroker: InputBroker {
    let before: any InputBroker
    let call: TaskCall

    private var current: any InputBroker { call.taskBroker ?? before }

    var mayEndRun: Bool { before.mayEndRun }
    var hasState: Bool { before.hasState }
    func takeUp() async throws { try await before.takeUp() }

    func ask(_ questions: [RawQuestion]) async throws -> [JSONObject] { try await current.ask(questions) }
    func step(_ id: String, _ body: () async throws -> JSONValue) async throws -> JSONValue { try await current.step(id, body) }
    func checkRunning() throws { try current.checkRunning() }
    func onPending(_ cancel: @escaping @Sendable () -> Void) { before.onPending(cancel) }
    func pending() async throws -> InputRequired? { try await current.pending() }
    var ownInput: OwnInput { before.ownInput }
    var journal: Journal { current.journal }
    func resume(_ required: InputRequired) async throws -> OwnInput? { try await current.resume(required) }
    func require(_ required: URLElicitationRequired) async throws -> InputRequired { try await current.require(required) }
    func seal(_ required: InputRequired) async throws -> InputRequired { try await current.seal(required) }
}
