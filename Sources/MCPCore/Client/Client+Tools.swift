extension Client {
    /// All tools of the server, from all pages. A tool whose definition cannot be used is left out, with a diagnostic.
    public func listTools(options: RequestOptions = RequestOptions()) async throws -> [Tool] {
        let entries = try await entries(options: options).all()
        catalogue.replace(entries)
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
    /// - Throws: `ClientError.unknownTool`; `ClientError.taskRequired`; `ClientError.invalidStructuredContent` where the tools have been listed and the content does not
    ///   fit; what `request` throws. Cancelling the task cancels the call at the server.
    public func callTool(
        _ name: String, _ arguments: JSONObject = [:], options: RequestOptions = RequestOptions(),
        progress: (@Sendable (ProgressUpdate) async -> Void)? = nil
    ) async throws -> CallToolResult {
        var options = options
        if let progress { options.progress = progress }
        return try read(try await toolResult(name, arguments, options: options), of: name)
    }

    /// The result of a call, as it came.
    func toolResult(_ name: String, _ arguments: JSONObject, options: RequestOptions) async throws -> JSONObject {
        if revision.era == .perRequest, connection.transport.binding == .http, !catalogue.isKnown {
            // Which arguments travel as headers too is known only from the list.
            _ = try await listTools(options: options.handedOn())
        }
        do { return try await call(name, arguments, options) } catch let error as JSONRPCError {
            switch error.code {
            case .headerMismatch:
                // The tool's schema has changed (2026-07-28, streamable-http, "Client Behavior").
                _ = try await listTools(options: options.handedOn(isCacheBypassed: true))
                return try await call(name, arguments, options)
            case .invalidParams, .methodNotFound:
                guard try await isMissing(name, options) else { throw error }
                throw ClientError.unknownTool(name, error)
            default: throw error
            }
        }
    }

    /// - Parameter name: Of the tool; `nil` where it is not known, so that structured content cannot be checked.
    func read(_ object: JSONObject, of name: String?) throws -> CallToolResult {
        let result: CallToolResult
        do { result = try CallToolResult(json: .object(object)) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: "tools/call", reason: error.description)
        }
        if let name { try validate(result, of: name) }
        return result
    }

    /// Calls a tool and reads its result as a type: the structured content or, for a `String`, the text of a result without any.
    /// - Throws: `ToolCallError` where the tool failed; `ClientError.invalidResult` where the result is something else; what `callTool` throws.
    public func call<Value: JSONDecodable>(
        _ name: String, _ arguments: JSONObject = [:], as type: Value.Type = Value.self, options: RequestOptions = RequestOptions()
    ) async throws -> Value {
        let result = try await callTool(name, arguments, options: options)
        if result.isError { throw ToolCallError(tool: name, result: result) }
        guard let content = result.structuredContent else {
            if let text = result.text as? Value { return text }
            throw ClientError.invalidResult(method: "tools/call", reason: "\(name) gave no structured content")
        }
        do { return try Value(json: content) } catch let error as JSONDecodingError {
            // Where a revision allows only objects, another value travels inside one.
            if revision.era == .handshake, content.object?.count == 1, let inner = content[ResultWrapping.name], let value = try? Value(json: inner) {
                return value
            }
            throw ClientError.invalidResult(method: "tools/call", reason: "\(name) gave structured content that does not fit: \(error)")
        }
    }

    private func call(_ name: String, _ arguments: JSONObject, _ options: RequestOptions) async throws -> JSONObject {
        if revision == .v2025_11_25, catalogue[name]?.needsTask == true { throw ClientError.taskRequired(tool: name) }
        var headers: [(name: String, value: String)] = []
        if connection.transport.binding == .http, revision.era == .perRequest, let tool = catalogue[name] {
            headers = tool.parameterHeaders.compactMap { header in header.value(in: arguments).map { (header.headerName, $0) } }
        }
        return try await request(
            "tools/call", ["name": .string(name), "arguments": .object(arguments)], options: options, parameterHeaders: headers)
    }

    /// Whether the server does not list such a tool.
    private func isMissing(_ name: String, _ options: RequestOptions) async throws -> Bool {
        if catalogue[name] != nil { return false }
        return try await !listTools(options: options.handedOn(isCacheBypassed: true)).contains { $0.name == name }
    }

    private func validate(_ result: CallToolResult, of name: String) throws {
        guard !result.isError, let validator = catalogue[name]?.output else { return }
        guard let content = result.structuredContent else {
            throw ClientError.invalidResult(method: "tools/call", reason: "\(name) has an output schema and gave no structured content")
        }
        let violations = validator.validate(content)
        if !violations.isEmpty { throw ClientError.invalidStructuredContent(tool: name, violations: violations) }
    }

    private func entries(options: RequestOptions) -> ClientList<ToolCatalogue.Entry> {
        ClientList(pages: ListPages(client: self, method: "tools/list", options: options)) { try self.entries($0) }
    }

    private func entries(_ page: JSONObject) throws -> [ToolCatalogue.Entry] {
        guard let tools = page["tools"]?.array else { throw ClientError.invalidResult(method: "tools/list", reason: "tools is missing") }
        return tools.compactMap { json in
            let name = json["name"]?.string ?? "without a name"
            do {
                let tool = try Tool(json: json)
                return ToolCatalogue.Entry(
                    tool: tool, parameterHeaders: try parameterHeaders(of: tool), output: output(of: tool), needsTask: needsTask(json))
            } catch {
                connection.configuration.diagnostics(.toolExcluded(name: name, reason: "\(error)"))
                return nil
            }
        }
    }

    private func parameterHeaders(of tool: Tool) throws -> [ParameterHeader] {
        guard connection.transport.binding == .http, revision.era == .perRequest else { return [] }
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
