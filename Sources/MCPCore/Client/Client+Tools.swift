extension Client {
    /// All tools of the server, from all pages. A tool whose definition cannot be used is left out, with a diagnostic.
    public func listTools(options: RequestOptions = RequestOptions()) async throws -> [Tool] {
        let changes = catalogue.changes
        let entries = try await entries(options: options).all()
        catalogue.replace(entries, changes: changes)
        return entries.map(\.tool)
    }

    /// The tools of the server, page by page as they are taken.
    public func tools(options: RequestOptions = RequestOptions()) -> ClientList<Tool> {
        ClientList(pages: ListPages(client: self, method: "tools/list", options: options)) { try self.entries($0).map(\.tool) }
    }

    /// Calls a tool.
    /// - Parameters:
    ///   - progress: Takes progress, in order and before the result.
    /// - Returns: The result, also one with `isError`.
    /// - Throws: `ClientError.unknownTool`; `ClientError.taskRequired`; `ClientError.invalidStructuredContent` where the tools have been listed since they last changed,
    ///   and the content does not fit what the server lists now; what `request` throws. Cancelling the task cancels the call at the server.
    public func callTool(
        _ name: String, _ arguments: JSONObject = [:], options: RequestOptions = RequestOptions(),
        progress: (@Sendable (ProgressUpdate) async -> Void)? = nil
    ) async throws -> CallToolResult {
        var options = options
        if let progress { options.progress = progress }
        return try await read(try await toolResult(name, arguments, options: options), of: name, options)
    }

    /// The result of a call, as it came.
    nonisolated(nonsending) func toolResult(_ name: String, _ arguments: JSONObject, options: RequestOptions) async throws -> JSONObject {
        // Which arguments travel as headers too is known only from the list.
        if mirrorsArguments, !catalogue.isKnown { _ = try await listTools(options: options.handedOn()) }
        do { return try await call(name, arguments, options) } catch TransportError.httpStatus(400, _, let error?)
            where error.code == .headerMismatch && mirrorsArguments
        {
            // The tool's schema has changed (2026-07-28, streamable-http, "Client Behavior"). By its status this is a refusal of what has not run: the same code in
            // another answer may come from the tool itself, which is not called twice.
            guard try await listToolsAgain(options.handedOn(isCacheBypassed: true)) != nil else { throw error }
            do { return try await call(name, arguments, options) } catch TransportError.httpStatus(_, _, let error?) { throw error }
        } catch TransportError.httpStatus(_, _, let error?) {
            throw try await refusal(error, of: name, options)
        } catch let error as JSONRPCError {
            throw try await refusal(error, of: name, options)
        }
    }

    /// Whether arguments of tools travel as headers too.
    private var mirrorsArguments: Bool { revision.era == .perRequest && connection.transport.binding == .http }

    /// Calls a tool and reads its result as a type: the structured content or, for a `String`, the text of a result without any.
    ///
    /// Before 2026-07-28 a value that is no object travels as `{"result": …}`, and is taken out of it: where the tool's output schema says so, and in sessions of those
    /// revisions also where it has just that form.
    /// - Throws: `ToolCallError` where the tool failed; `ClientError.invalidResult` where the result is something else; what `callTool` throws.
    public func call<Value: JSONDecodable>(
        _ name: String, _ arguments: JSONObject = [:], as type: Value.Type = Value.self, options: RequestOptions = RequestOptions()
    ) async throws -> Value {
        let content = try await content(try await toolResult(name, arguments, options: options), of: name, options)
        let result = content.result
        if result.isError { throw ToolCallError(tool: name, result: result) }
        guard let first = content.readings.first else {
            if let text = result.text as? Value { return text }
            throw ClientError.invalidResult(method: "tools/call", reason: "\(name) gave no structured content")
        }
        do { return try Value(json: first) } catch let error as JSONDecodingError {
            for reading in content.readings.dropFirst() { if let value = try? Value(json: reading) { return value } }
            throw ClientError.invalidResult(method: "tools/call", reason: "\(name) gave structured content that does not fit: \(error)")
        }
    }

    nonisolated(nonsending) private func call(_ name: String, _ arguments: JSONObject, _ options: RequestOptions) async throws -> JSONObject {
        if revision == .v2025_11_25, catalogue[name]?.needsTask == true { throw ClientError.taskRequired(tool: name) }
        var headers: [(name: String, value: String)] = []
        if mirrorsArguments, let tool = catalogue[name] {
            headers = tool.parameterHeaders.compactMap { header in header.value(in: arguments).map { (header.headerName, $0) } }
        }
        return try await send(
            "tools/call", ["name": .string(name), "arguments": .object(arguments)], options: options, parameterHeaders: headers)
    }

    /// What the server's error says of a call of that tool.
    nonisolated(nonsending) private func refusal(_ error: JSONRPCError, of name: String, _ options: RequestOptions) async throws -> any Error {
        guard error.code == .invalidParams || error.code == .methodNotFound, catalogue[name] == nil,
            let tools = try await listToolsAgain(options.handedOn(isCacheBypassed: true)), !tools.contains(where: { $0.name == name })
        else { return error }
        return ClientError.unknownTool(name, error)
    }

    /// Lists the tools on behalf of a call that has its outcome: that counts for more than a list that fails.
    /// - Returns: `nil` where the list failed.
    nonisolated(nonsending) func listToolsAgain(_ options: RequestOptions) async throws -> [Tool]? {
        do { return try await listTools(options: options) } catch let error as CancellationError {
            throw error
        } catch {
            connection.configuration.diagnostics(.ignored("a list of the tools that a call needed, and that failed: \(error)"))
            return nil
        }
    }

    private func entries(options: RequestOptions) -> ClientList<ToolCatalogue.Entry> {
        ClientList(pages: ListPages(client: self, method: "tools/list", options: options)) { try self.entries($0) }
    }

    private func entries(_ page: JSONObject) throws -> [ToolCatalogue.Entry] {
        guard let tools = page["tools"]?.array else { throw ClientError.invalidResult(method: "tools/list", reason: "tools is missing") }
        return tools.compactMap { json in
            let name = json["name"]?.string ?? "without a name"
            do {
                var tool = try Tool(json: json)
                let (headers, output, wrapping) = (try parameterHeaders(of: tool), output(of: tool), tool.outputSchema.map(ResultWrapping.form))
                if case .wrapped(let inner?)? = wrapping { tool.outputSchema = inner }
                return ToolCatalogue.Entry(tool: tool, parameterHeaders: headers, output: output, wrapping: wrapping, needsTask: needsTask(json))
            } catch {
                connection.configuration.diagnostics(.toolExcluded(name: name, reason: "\(error)"))
                return nil
            }
        }
    }

    private func parameterHeaders(of tool: Tool) throws -> [ParameterHeader] {
        guard mirrorsArguments else { return [] }
        return try ParameterHeader.all(in: tool.inputSchema)
    }

    /// A server that has not declared tasks for tools takes calls as they are, whatever its tools say (2025-11-25, basic/utilities/tasks,
    /// "Tool-Level Negotiation").
    private func needsTask(_ definition: JSONValue) -> Bool {
        revision == .v2025_11_25 && definition["execution"]?["taskSupport"] == "required" && serverCapabilities.runsToolsAsTasks
    }

    private func output(of tool: Tool) -> SchemaValidator? {
        guard let schema = tool.outputSchema else { return nil }
        do { return try SchemaValidator(compiling: .object(schema)) } catch {
            connection.configuration.diagnostics(.ignored("the output schema of tool \(tool.name), which is none: \(error)"))
            return nil
        }
    }
}
