/// Runs a handler that may ask, in either era.
struct AskingCall: Sendable {
    let exchange: ServerExchange

    /// - Parameter handler: Stays where it is called; a handler that somebody has registered hops off by itself.
    /// - Returns: The handler's result, or what the client must answer first.
    nonisolated(nonsending) func run<Value: Sendable>(
        _ handler: nonisolated(nonsending) @escaping @Sendable (RequestContext) async throws -> HandlerOutcome<Value>
    ) async throws -> HandlerOutcome<Value> {
        var broker = try exchange.profile.inputBroker(for: exchange)
        if broker.hasState { try await broker.takeUp() }
        if let deferral = exchange.deferral {
            broker = deferral.inputBroker(before: broker)
            try await deferral.handlerWillStart()
        }
        let mayEndRun = broker.mayEndRun
        var input = broker.ownInput
        // In the handshake era a handler that keeps its own state is run again here; in the per-request era by the client's retry.
        for _ in 0..<Self.maximumRounds {
            let context = RequestContext(exchange, input: broker, ownInput: input)
            let result: Result<HandlerOutcome<Value>, any Error>
            if mayEndRun {
                result = await once(context, broker, handler)
                // Whatever the handler made of it: with a question pending the run counts for nothing but its journal.
                if let required = try await broker.pending() { return .inputRequired(required) }
            } else {
                do { result = .success(try await handler(context)) } catch { result = .failure(error) }
            }
            if case .failure(let error as URLElicitationRequired) = result {
                guard !error.pages.isEmpty else { throw JSONRPCError(.internalError, "The handler asked the user to visit pages, and named none") }
                for page in error.pages { try check(page.request) }
                let required = try await broker.require(error)
                guard let next = try await broker.resume(required) else { return .inputRequired(required) }
                input = next
                continue
            }
            switch try result.get() {
            case .complete(let value): return .complete(value)
            case .inputRequired(let required):
                for (_, request) in required.requests { try check(request) }
                guard !required.requests.isEmpty || required.state != nil else {
                    throw JSONRPCError(.internalError, "The handler asked for input without a question and without a state")
                }
                guard let next = try await broker.resume(required) else { return .inputRequired(try await broker.seal(required)) }
                input = next
            }
        }
        throw JSONRPCError(.internalError, "The handler asked the client in more than \(Self.maximumRounds) rounds")
    }

    private static let maximumRounds = 32

    nonisolated(nonsending) private func once<Value: Sendable>(
        _ context: RequestContext, _ broker: any InputBroker,
        _ handler: nonisolated(nonsending) @escaping @Sendable (RequestContext) async throws -> HandlerOutcome<Value>
    ) async -> Result<HandlerOutcome<Value>, any Error> {
        // A task of its own, because a pending question cancels the handler and not the request. It never outlives this function.
        let work = Task.startingHere { try await handler(context) }
        broker.onPending { work.cancel() }
        return await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
    }

    private func check(_ request: InputRequired.Request) throws {
        let needed: ClientCapabilities
        var fault: String?
        switch request.method {
        case "elicitation/create":
            let isURL = request.params["mode"] == "url"
            needed = ClientCapabilities(elicitation: .init(form: !isURL, url: isURL))
            fault = isURL ? ElicitationPage.fault(of: request.params["url"]?.string ?? "") : FormRules.fault(in: request.params["requestedSchema"])
        case "sampling/createMessage":
            let sampling: SamplingRequest
            do { sampling = try SamplingRequest(json: .object(request.params)) } catch let error as JSONDecodingError {
                throw JSONRPCError(.internalError, "The handler asks what no client can be asked: \(error)")
            }
            needed = sampling.capability
            fault = SamplingRules.fault(in: sampling.messages)
        case "roots/list": needed = ClientCapabilities(roots: .init())
        default: throw JSONRPCError(.internalError, "A handler asked for \(request.method), which a client cannot be asked")
        }
        try RawQuestion(id: "", method: request.method, params: request.params, capability: needed, fault: fault).check(against: exchange.peer)
    }
}
