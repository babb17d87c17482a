/// `completion/complete`.
struct CompletionFeature: MethodHandler {
    let prompts: PromptRegistry
    let resources: ResourceRegistry
    let limit: CallerLimit?

    let methods = ["completion/complete"]

    /// Whether the server completes anything.
    var isOffered: Bool { prompts.hasCompletions || resources.hasCompletions }

    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        guard isOffered else { throw RequestFailure.unknownMethod(request.method) }
        try limit?.check(exchange.peer)
        let reference: CompletionReference = try request.params.decode("ref")
        let argument: JSONObject = try request.params.decode("argument")
        let (name, typed): (String, String) = try JSONDecodingError.at(.key("argument")) { (try argument.decode("name"), try argument.decode("value")) }
        let given: [String: String] = try request.params.decodeIfPresent("context", as: JSONObject.self)?.decodeIfPresent("arguments") ?? [:]
        let completer = try completer(of: name, reference)
        let completion =
            try await completer?.complete(typed, given, CompletionContext(peer: exchange.peer, meta: exchange.meta)) ?? Completion([])
        return .complete(["completion": completion.json])
    }

    /// - Returns: `nil` for an argument that exists and that nobody completes.
    private func completer(of argument: String, _ reference: CompletionReference) throws -> Completer? {
        let names: [String]
        let completions: [String: Completer]
        switch reference {
        case .prompt(let name):
            guard let prompt = prompts[name] else { throw RequestFailure.invalidParams("Unknown prompt: \(name.abbreviated)", data: nil) }
            (names, completions) = (prompt.definition.arguments.map(\.name), prompt.completions)
        case .resource(let uri):
            guard let template = resources[uriTemplate: uri] else {
                throw RequestFailure.invalidParams("Unknown resource template: \(uri.abbreviated)", data: nil)
            }
            (names, completions) = (template.template.variableNames, template.resource.completions)
        }
        guard names.contains(argument) else {
            let known = names.isEmpty ? "it has none" : "there are " + names.joined(separator: ", ")
            throw RequestFailure.invalidParams("There is no argument \(argument.abbreviated); \(known)", data: nil)
        }
        return completions[argument]
    }
}
