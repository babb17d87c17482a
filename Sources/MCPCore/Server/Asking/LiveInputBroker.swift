import Synchronization

/// Asks with live requests to the client (handshake era).
final class LiveInputBroker: InputBroker {
    private let peer: Peer
    private let environment: ServerEnvironment
    private let usedIDs = Mutex<Set<String>>([])
    let ownInput: OwnInput

    init(peer: Peer, environment: ServerEnvironment, ownInput: OwnInput = OwnInput()) {
        self.peer = peer
        self.environment = environment
        self.ownInput = ownInput
    }

    func ask(_ questions: [RawQuestion]) async throws -> [JSONObject] {
        for question in questions {
            try claim(question.id)
            try question.check(against: peer.capabilities)
        }
        guard let channel = peer.backChannel else { throw RequestFailure.cannotAsk }
        return try await withThrowingTaskGroup(of: (Int, JSONObject).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask { [self] in
                    let result = try await answer(channel, question.method, question.params, elicitationID: question.elicitationID)
                    guard question.accepts(result) else {
                        throw ToolError("The client's answer to `\(question.id)` does not fit what was asked")
                    }
                    return (index, result)
                }
            }
            var results = [JSONObject?](repeating: nil, count: questions.count)
            for try await (index, result) in group { results[index] = result }
            return results.compactMap(\.self)
        }
    }

    /// The client waits on a live request, so a step runs once and nothing needs to be kept.
    func step(_ id: String, _ body: () async throws -> JSONValue) async throws -> JSONValue {
        try claim(id)
        return try await body()
    }

    /// Nothing is replayed here.
    var journal: Journal { Journal() }

    func checkRunning() throws {}
    func onPending(_ cancel: @escaping @Sendable () -> Void) {}
    func pending() async throws -> InputRequired? { nil }
    /// The error -32042 exists in 2025-11-25 alone; before it clients cannot open pages.
    func require(_ required: URLElicitationRequired) async throws -> InputRequired {
        guard peer.revision >= .v2025_11_25 else { throw JSONRPCError(.invalidRequest, required.description) }
        for page in required.pages { peer.connection?.note(elicitation: page.id) }
        throw required.error
    }

    func seal(_ required: InputRequired) async throws -> InputRequired { required }

    func resume(_ required: InputRequired) async throws -> OwnInput? {
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
        } else if params["mode"] == "url", params["elicitationId"] == nil {
            let id = elicitationID ?? environment.randomIdentifier()
            peer.connection?.note(elicitation: id)
            params["elicitationId"] = .string(id)
        }
        return params
    }

    private func claim(_ id: String) throws {
        guard usedIDs.withLock({ $0.insert(id).inserted }) else { throw DuplicateQuestionError(id: id) }
    }
}
