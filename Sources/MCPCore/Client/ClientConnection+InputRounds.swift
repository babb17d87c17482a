extension ClientConnection {
    /// The requests that a server may answer with `input_required` (2026-07-28, basic/patterns/mrtr, "Supported Requests").
    static let methodsThatAsk: Set<String> = ["tools/call", "prompts/get", "resources/read"]

    /// Sends a request, and again with what the server asks for, until the result is complete.
    ///
    /// Answers and `requestState` live in this call alone.
    nonisolated(nonsending) func complete(_ outgoing: Outgoing) async throws -> JSONObject {
        let place = await cache?.place(of: outgoing)
        if let place, !outgoing.options.isCacheBypassed, let kept = cache?.result(at: place) { return kept }
        let maximum = configuration.maximumInputRounds
        var next = outgoing
        for round in 0...maximum {
            let result = try await send(next)
            guard outgoing.revision.era == .perRequest else { return result }
            switch result["resultType"] {
            case nil, "complete":
                // What answers have gone into is not kept (2026-07-28, server/utilities/caching, "Cache Key").
                if round == 0, let place { await cache?.store(result, at: place) }
                return result
            case "input_required": next = try await answered(outgoing, result)
            case let type?:
                guard let item = configuration.extensions.first(where: { $0.adds(type, in: outgoing.revision) }) else {
                    throw ClientError.invalidResult(method: outgoing.method, reason: "unknown resultType \(type.serializedString)")
                }
                if outgoing.options.keepsExtendedResults { return result }
                return try await item.complete(result, of: ExtendedCall(connection: self, outgoing: outgoing))
            }
        }
        throw ClientError.tooManyInputRounds(maximum)
    }

    /// The retry of a request: its own params, the answers, and the state exactly as it came.
    private func answered(_ outgoing: Outgoing, _ result: JSONObject) async throws -> Outgoing {
        guard Self.methodsThatAsk.contains(outgoing.method) else {
            throw ClientError.invalidResult(method: outgoing.method, reason: "input_required is not allowed here")
        }
        guard result["inputRequests"] != nil || result["requestState"] != nil else {
            throw ClientError.invalidResult(method: outgoing.method, reason: "input_required without inputRequests and requestState")
        }
        var retry = outgoing
        if let requests = result["inputRequests"] {
            guard let requests = requests.object else {
                throw ClientError.invalidResult(method: outgoing.method, reason: "inputRequests is no object")
            }
            retry.params["inputResponses"] = .object(try await answers(to: requests, handlers(of: outgoing.options) ?? configuration.input))
        }
        if let state = result["requestState"] {
            guard case .string = state else { throw ClientError.invalidResult(method: outgoing.method, reason: "requestState is no string") }
            retry.params["requestState"] = state
        }
        return retry
    }

    /// Answers all requests of a round, at once.
    func answers(to requests: JSONObject, _ handlers: ClientInputHandlers) async throws -> JSONObject {
        let answers = try await withThrowingTaskGroup(of: (String, JSONObject).self) { group in
            for (key, request) in requests {
                guard let method = request["method"]?.string else {
                    throw ClientError.invalidResult(method: "input_required", reason: "the request \(key) has no method")
                }
                let params = request["params"]?.object ?? [:]
                try admit(method)
                group.addTask { (key, try await handlers.answer(method, params)) }
            }
            var answers: [String: JSONObject] = [:]
            for try await (key, answer) in group { answers[key] = answer }
            return answers
        }
        return JSONObject(requests.compactMap { key, _ in answers[key].map { (key, .object($0)) } })
    }
}
