import Synchronization

/// Asks by ending the call with `input_required` and replaying it with the answers (per-request era; multi round-trip requests).
final class JournalInputBroker: InputBroker {
    private struct State {
        var journal: Journal
        /// Answers that came with this request and have not been looked at.
        var responses: JSONObject
        var usedIDs: Set<String> = []
        /// Questions without an answer, in the order in which they were asked.
        var pending: [RawQuestion] = []
        /// The tasks that were told that they wait. A task that was told and asks again has swallowed the error.
        var suspended: Set<Int> = []
        var cancel: (@Sendable () -> Void)?
    }

    /// `nil` until somebody asks, answers or takes a step: most calls do not.
    private let state = Mutex<State?>(nil)
    private let exchange: ServerExchange
    /// The `inputResponses` of the request.
    private let responses: JSONObject
    /// The `requestState` of the request.
    private let given: String?

    /// Whether the request came with a state: then only what it asked may be answered.
    var hasState: Bool { given != nil }

    private var peer: Peer { exchange.peer }

    /// Reads `requestState` and `inputResponses` of the request.
    /// - Throws: `RequestFailure.invalidParams` for members of the wrong shape.
    init(_ exchange: ServerExchange) throws {
        self.exchange = exchange
        responses = try exchange.request.params.decodeIfPresent("inputResponses") ?? JSONObject()
        for (key, value) in responses where value.object == nil {
            throw RequestFailure.invalidParams(
                "Invalid params: /inputResponses/\(key): expected object, found \(value.typeName)", data: nil)
        }
        given = try exchange.request.params.decodeIfPresent("requestState")
    }

    func takeUp() async throws {
        guard let given else { return }
        guard let store = exchange.peer.requestStates else { throw RequestStateError() }
        let bytes = try await store.load(given, binding: binding)
        guard let value = try? JSONValue(parsing: bytes), let known = try? Journal(json: value) else { throw RequestStateError() }
        withState { $0.journal = known }
    }

    /// Only questions do, and none goes out to a client that can answer none.
    var mayEndRun: Bool { exchange.peer.canBeAsked }

    var ownInput: OwnInput { OwnInput(responses: responses, state: state.withLock { $0?.journal.own }) }

    private func withState<Value, Failure: Error>(_ body: (inout State) throws(Failure) -> sending Value) throws(Failure) -> sending Value {
        try state.withLock { (held) throws(Failure) in
            var state = held ?? State(journal: Journal(), responses: responses)
            // One owner while it is changed.
            held = nil
            defer { held = state }
            return try body(&state)
        }
    }

    func ask(_ questions: [RawQuestion]) async throws -> [JSONObject] {
        let task = Self.currentTask
        let cancel: (@Sendable () -> Void)?
        let results: [JSONObject?]
        (results, cancel) = try withState { state in
            guard !state.suspended.contains(task) else { throw AwaitingAnswer() }
            // All are checked before the first goes out: a fault in one is a fault of the call, now and not after the user has answered.
            for question in questions {
                guard state.usedIDs.insert(question.id).inserted else { throw DuplicateQuestionError(id: question.id) }
                try question.check(against: peer.capabilities)
            }
            var results: [JSONObject?] = []
            for question in questions {
                let result = answer(to: question, &state)
                results.append(result)
                if result == nil { state.pending.append(question) }
            }
            if results.contains(nil) {
                state.suspended.insert(task)
                return (results, state.cancel)
            }
            return (results, nil)
        }
        let answers = results.compactMap(\.self)
        guard answers.count == questions.count else {
            cancel?()
            throw AwaitingAnswer()
        }
        try checkRunning()
        return answers
    }

    func step(_ id: String, _ body: () async throws -> JSONValue) async throws -> JSONValue {
        try checkRunning()
        let known = try withState { state in
            guard state.usedIDs.insert(id).inserted else { throw DuplicateQuestionError(id: id) }
            return state.journal.steps[id]
        }
        if let known { return known }
        let value = try await body()
        withState { $0.journal.steps[id] = value }
        return value
    }

    func checkRunning() throws {
        if state.withLock({ $0?.pending.isEmpty == false }) { throw AwaitingAnswer() }
    }

    func onPending(_ cancel: @escaping @Sendable () -> Void) {
        // The handler runs already, and may have asked.
        let isPending = withState { state in
            state.cancel = cancel
            return !state.pending.isEmpty
        }
        if isPending { cancel() }
    }

    func pending() async throws -> InputRequired? {
        let (questions, journal) = withState { state in
            var journal = state.journal
            journal.asked = Dictionary(state.pending.map { ($0.id, $0.params) }) { first, _ in first }
            return (state.pending, journal)
        }
        guard !questions.isEmpty else { return nil }
        return InputRequired(
            questions.map { ($0.id, .init(method: $0.method, params: $0.params)) }, state: try await save(journal))
    }

    func resume(_ required: InputRequired) async throws -> OwnInput? { nil }

    var journal: Journal { state.withLock { $0?.journal } ?? Journal() }

    func require(_ required: URLElicitationRequired) async throws -> InputRequired { try await seal(required.requests) }

    func seal(_ required: InputRequired) async throws -> InputRequired {
        var journal = journal
        journal.own = required.state
        journal.asked = [:]
        // Nothing to remember: the client's answers come without a state.
        guard journal != Journal() else { return required }
        return InputRequired(required.requests, state: try await save(journal))
    }

    /// The answer to a question, from an earlier round or from this request, and only where it was this very question that was asked.
    private func answer(to question: RawQuestion, _ state: inout State) -> JSONObject? {
        if let answered = state.journal.answers[question.id] {
            if answered.params == question.params { return answered.result }
            state.journal.answers[question.id] = nil
            return nil
        }
        guard let response = state.responses[question.id]?.object else { return nil }
        // Without a state the client's answer is taken for a question of that key: it is a claim in either case.
        guard !hasState || state.journal.asked[question.id] == question.params, question.accepts(response) else { return nil }
        state.journal.answers[question.id] = Journal.Answered(params: question.params, result: response)
        return response
    }

    private func save(_ journal: Journal) async throws -> String {
        guard let store = peer.requestStates else { throw RequestFailure.cannotAsk }
        let bytes = journal.json.serialized()
        try Journal.check(bytes.count, limit: exchange.configuration.maximumJournalBytes)
        return try await store.save(bytes, binding: binding)
    }

    /// Principal, method and arguments in canonical form: a state opens only for the call that it was made for.
    private var binding: [UInt8] {
        var params = exchange.request.params
        for name in ["_meta", "inputResponses", "requestState"] { params[name] = nil }
        let principal: JSONValue = exchange.peer.principal.map { .string($0.id) } ?? .null
        return JSONValue.array([principal, .string(exchange.request.method), .object(params)]).canonicalBytes
    }

    private static var currentTask: Int { withUnsafeCurrentTask { $0?.hashValue ?? 0 } }
}
