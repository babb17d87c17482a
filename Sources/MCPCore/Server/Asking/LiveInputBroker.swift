import Synchronization

/// Asks with live requests to the client (handshake era).
///
/// The client waits, so that nothing ends and is taken up again, with one exception: a handler that keeps its own state runs again from the top once its
/// questions have been answered. What it had asked and done by then is kept for that.
struct LiveInputBroker: InputBroker {
    /// What has been asked and done. It stands in the exchange, so that a call that asks nothing needs no broker of its own.
    struct State {
        var usedIDs: Set<String> = []
        var journal = Journal()
        /// Of what the journal holds, or would hold: beyond the limit nothing is kept.
        var bytes = 0
    }

    private let exchange: ServerExchange

    init(_ exchange: ServerExchange) { self.exchange = exchange }

    private var peer: Peer { exchange.peer }
    var ownInput: OwnInput { OwnInput() }
    var mayEndRun: Bool { false }
    var hasState: Bool { false }
    func takeUp() async throws {}

    private func withState<Value, Failure: Error>(_ body: (inout State) throws(Failure) -> sending Value) throws(Failure) -> sending Value {
        try exchange.live.withLock { (held) throws(Failure) in
            var state = held ?? State()
            // One owner while it is changed.
            held = nil
            defer { held = state }
            return try body(&state)
        }
    }

    func ask(_ questions: [RawQuestion]) async throws -> [JSONObject] {
        let known = try withState { state in
            for question in questions {
                guard state.usedIDs.insert(question.id).inserted else { throw DuplicateQuestionError(id: question.id) }
                try question.check(against: peer)
            }
            return questions.map { question in
                state.journal.answers[question.id].flatMap { $0.params == question.params ? $0.result : nil }
            }
        }
        guard let channel = peer.backChannel else { throw RequestFailure.cannotAsk }
        let answers = try await withThrowingTaskGroup(of: (Int, JSONObject).self) { group in
            for (index, question) in questions.enumerated() where known[index] == nil {
                group.addTask { [self] in
                    let result = try await answer(channel, question.method, question.params, elicitationID: question.elicitationID)
                    guard question.accepts(result) else {
                        throw ToolError("The client's answer to `\(question.id)` does not fit what was asked")
                    }
                    return (index, result)
                }
            }
            var answers = known
            for try await (index, result) in group { answers[index] = result }
            return answers
        }
        for (index, question) in questions.enumerated() where known[index] == nil {
            guard let result = answers[index] else { continue }
            let answered = Journal.Answered(params: question.params, result: result)
            keep(question.id, answered.json) { $0.answers[question.id] = answered }
        }
        return answers.compactMap(\.self)
    }

    func step(_ id: String, _ body: () async throws -> JSONValue) async throws -> JSONValue {
        let known = try withState { state in
            guard state.usedIDs.insert(id).inserted else { throw DuplicateQuestionError(id: id) }
            return state.journal.steps[id]
        }
        if let known { return known }
        let value = try await body()
        keep(id, value) { $0.steps[id] = value }
        return value
    }

    private func keep(_ id: String, _ value: JSONValue, _ add: (inout Journal) -> Void) {
        let bytes = id.utf8.count + value.serialized().count
        withState { state in
            state.bytes += bytes
            if state.bytes <= exchange.configuration.maximumJournalBytes { add(&state.journal) } else { state.journal = Journal() }
        }
    }

    var journal: Journal { exchange.live.withLock { $0?.journal } ?? Journal() }

    func checkRunning() throws {}
    func onPending(_ cancel: @escaping @Sendable () -> Void) {}
    func pending() async throws -> InputRequired? { nil }
    /// The error -32042 exists in 2025-11-25 alone; clients of older revisions, which cannot open pages, do not come here.
    func require(_ required: URLElicitationRequired) async throws -> InputRequired {
        for page in required.pages { peer.connection?.note(elicitation: page.id) }
        throw required.error
    }

    func seal(_ required: InputRequired) async throws -> InputRequired { required }

    func resume(_ required: InputRequired) async throws -> OwnInput? {
        try Journal.check(exchange.live.withLock { $0?.bytes } ?? 0, limit: exchange.configuration.maximumJournalBytes)
        guard let channel = peer.backChannel else { throw RequestFailure.cannotAsk }
        let responses = try await withThrowingTaskGroup(of: (String, JSONObject).self) { group in
            for (key, request) in required.requests {
                group.addTask { [self] in
                    (key, try await answer(channel, request.method, request.params))
                }
            }
            var responses: [String: JSONObject] = [:]
            for try await (key, result) in group { responses[key] = result }
            return responses
        }
        // The next run asks its questions again, and gets the answers that there are.
        exchange.live.withLock { $0?.usedIDs = [] }
        return OwnInput(
            responses: JSONObject(required.requests.compactMap { key, _ in responses[key].map { (key, .object($0)) } }),
            state: required.state)
    }

    /// An error of the client is no error of the call: its code would be taken for the call's own.
    private func answer(
        _ channel: any BackChannel, _ method: String, _ params: JSONObject, elicitationID: String? = nil
    ) async throws -> JSONObject {
        do { return try await channel.request(method, params: self.params(of: method, params, elicitationID)) } catch let error as JSONRPCError {
            throw ToolError("The client could not be asked (\(method)): \(error.message.abbreviated)")
        } catch let error as AnswerTimeout {
            throw ToolError(error.description)
        }
    }

    /// `mode` exists from 2025-11-25; before it every elicitation is a form.
    private func params(of method: String, _ params: JSONObject, _ elicitationID: String?) -> JSONObject {
        guard method == "elicitation/create" else { return params }
        var params = params
        if peer.revision < .v2025_11_25 {
            params["mode"] = nil
            params["requestedSchema"] = (params["requestedSchema"]?.object).map { .object(FormSpelling.form($0, for: peer.revision)) }
        } else if params["mode"] == "url", params["elicitationId"] == nil {
            let id = elicitationID ?? exchange.configuration.environment.randomIdentifier()
            peer.connection?.note(elicitation: id)
            params["elicitationId"] = .string(id)
        }
        return params
    }
}
