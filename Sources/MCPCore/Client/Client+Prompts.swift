extension Client {
    /// All prompts of the server, from all pages. One whose definition cannot be read is left out, with a diagnostic.
    public func listPrompts(options: RequestOptions = RequestOptions()) async throws -> [Prompt] { try await prompts(options: options).all() }

    /// The prompts of the server, page by page as they are taken.
    public func prompts(options: RequestOptions = RequestOptions()) -> ClientList<Prompt> {
        list("prompts/list", "prompts", of: Prompt.self, options: options)
    }

    /// The messages of a prompt.
    /// - Throws: `JSONRPCError` for an unknown prompt or a missing argument; what `request` throws.
    public func getPrompt(
        _ name: String, _ arguments: [String: String] = [:], options: RequestOptions = RequestOptions()
    ) async throws -> GetPromptResult {
        var params: JSONObject = ["name": .string(name)]
        if !arguments.isEmpty { params["arguments"] = .object(JSONObject(arguments.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })) }
        let object = try await request("prompts/get", params, options: options)
        do { return try GetPromptResult(json: .object(object)) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: "prompts/get", reason: error.description)
        }
    }

    /// Values that complete what has been typed for an argument (2026-07-28, server/utilities/completion).
    /// - Parameter arguments: Arguments that have their value already; sent from 2025-06-18.
    public func complete(
        _ reference: CompletionReference, argument: String, typed: String, arguments: [String: String] = [:],
        options: RequestOptions = RequestOptions()
    ) async throws -> Completion {
        var params: JSONObject = ["ref": reference.json, "argument": ["name": .string(argument), "value": .string(typed)]]
        if !arguments.isEmpty, revision >= .v2025_06_18 { params["context"] = ["arguments": arguments.json] }
        let object = try await request("completion/complete", params, options: options)
        do { return try object.decode("completion") } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: "completion/complete", reason: error.description)
        }
    }

    /// Sets the least severe log message that the server sends from now on: for the session (`logging/setLevel`, handshake era), or with each further
    /// request (per-request era). Messages come to `ClientConfiguration.onNotification`. Deprecated by the specification since 2026-07-28.
    /// - Throws: `JSONRPCError` of a server that has no log.
    public func setLogLevel(_ level: LoggingLevel) async throws {
        switch revision.era {
        case .handshake: _ = try await request("logging/setLevel", ["level": level.json])
        case .perRequest: connection.state.withLock { $0.logLevel = level }
        }
    }
}
