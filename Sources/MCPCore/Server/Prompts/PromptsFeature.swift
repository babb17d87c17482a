/// `prompts/list` and `prompts/get`.
struct PromptsFeature: MethodHandler {
    let prompts: PromptRegistry
    let configuration: ServerConfiguration

    let methods = ["prompts/list", "prompts/get"]

    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        guard prompts.isOffered else { throw RequestFailure.unknownMethod(request.method) }
        return request.method == "prompts/list" ? try list(request, exchange) : try await get(request, exchange)
    }

    private func list(_ request: JSONRPCRequest, _ exchange: ServerExchange) throws -> MethodResult {
        let page = prompts.page(after: try PageCursor(in: request.params)?.position, count: configuration.pageSize)
        let (scopes, principal) = (configuration.scopes, exchange.peer.principal)
        let shown = page.entries.filter { scopes.prompts[$0.definition.name].map { scopes.allow(principal, $0) } ?? true }
        var result: JSONObject = ["prompts": .array(shown.map { $0.definition.downgraded(to: exchange.peer.revision).json })]
        result.set("nextCursor", page.next.map { PageCursor(position: $0).text })
        return .complete(result, cache: configuration.listCache)
    }

    nonisolated(nonsending) private func get(_ request: JSONRPCRequest, _ exchange: ServerExchange) async throws -> MethodResult {
        let name: String = try request.params.decode("name")
        let given: [String: String] = try request.params.decodeIfPresent("arguments") ?? [:]
        guard let prompt = prompts[name] else { throw RequestFailure.invalidParams("Unknown prompt: \(name.abbreviated)", data: nil) }
        let missing = prompt.definition.arguments.filter { $0.isRequired && given[$0.name] == nil }.map(\.name)
        guard missing.isEmpty else {
            throw RequestFailure.invalidParams("Missing required arguments of prompt \(name): \(missing.joined(separator: ", "))", data: nil)
        }
        let known = Set(prompt.definition.arguments.map(\.name))
        let unknown = given.keys.filter { !known.contains($0) }.sorted()
        guard unknown.isEmpty else {
            let list = unknown.map(\.abbreviated).joined(separator: ", ")
            throw RequestFailure.invalidParams("Prompt \(name) has no argument of the name: \(list)", data: nil)
        }
        let outcome = try await AskingCall(exchange: exchange).run { context in
            do { return try await prompt.handler(given, context) } catch let error as JSONDecodingError { throw HandlerFailure(cause: error) }
        }
        switch outcome {
        case .inputRequired(let required): return .inputRequired(required)
        case .complete(let given):
            var result = exchange.withMetaKeysChecked(given)
            result.messages = result.messages.map { message in
                var message = message
                message.content = message.content.downgraded(to: exchange.peer.revision)
                return message
            }
            return .complete(result.members)
        }
    }
}

extension Prompt {
    /// The members that a revision knows.
    func downgraded(to revision: ProtocolRevision) -> Prompt {
        var prompt = self
        if revision < .v2025_06_18 {
            prompt.title = nil
            for index in prompt.arguments.indices { prompt.arguments[index].title = nil }
        }
        if revision < .v2025_11_25 { prompt.icons = [] }
        return prompt
    }
}
