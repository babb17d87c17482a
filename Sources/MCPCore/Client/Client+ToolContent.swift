/// A result of a tool, and the values that its structured content may stand for, the likeliest first; none where it has no structured content.
struct ToolContent: Sendable {
    var result: CallToolResult
    var readings: [JSONValue]

    init(_ result: CallToolResult) {
        self.result = result
        readings = result.structuredContent.map { [$0] } ?? []
    }
}

extension Client {
    /// - Parameter name: Of the tool; `nil` where it is not known, so that structured content can neither be checked nor taken out of what it travelled in.
    nonisolated(nonsending) func read(_ object: JSONObject, of name: String?, _ options: RequestOptions) async throws -> CallToolResult {
        try await content(object, of: name, options).result
    }

    /// Reads the result of a call, and checks it against the tool's output schema.
    /// - Parameter options: Of the call.
    /// - Throws: `ClientError.invalidResult`; `ClientError.invalidStructuredContent`.
    nonisolated(nonsending) func content(_ object: JSONObject, of name: String?, _ options: RequestOptions) async throws -> ToolContent {
        let result: CallToolResult
        do { result = try CallToolResult(json: .object(object)) } catch let error as JSONDecodingError {
            throw ClientError.invalidResult(method: "tools/call", reason: error.description)
        }
        guard let name else { return ToolContent(result) }
        let inner = result.structuredContent.flatMap(ResultWrapping.inner)
        // Whether what looks like a wrapped value is one, only the list says.
        if inner != nil, !catalogue.isKnown { _ = try await listToolsAgain(options.handedOn()) }
        if let fault = fault(in: result, of: name) {
            // The tool may have changed since it was listed, and the call has had its effect. A list without it says nothing of what it gave.
            let tools = try await listToolsAgain(options.handedOn(isCacheBypassed: true))
            guard tools?.contains(where: { $0.name == name }) == true else { throw fault }
            if let fault = self.fault(in: result, of: name) { throw fault }
        }
        guard let inner else { return ToolContent(result) }
        return unwrapped(result, inner, catalogue[name])
    }

    private func fault(in result: CallToolResult, of name: String) -> ClientError? {
        guard !result.isError, let validator = catalogue[name]?.output else { return nil }
        guard let content = result.structuredContent else {
            return .invalidResult(method: "tools/call", reason: "\(name) has an output schema and gave no structured content")
        }
        let violations = validator.validate(content)
        return violations.isEmpty ? nil : .invalidStructuredContent(tool: name, violations: violations)
    }

    /// - Parameter inner: The only member of the structured content, whose name is that of wrapped values.
    private func unwrapped(_ result: CallToolResult, _ inner: JSONValue, _ tool: ToolCatalogue.Entry?) -> ToolContent {
        var content = ToolContent(result)
        let isOldEra = revision.era == .handshake
        guard let tool else {
            if isOldEra { content.readings.append(inner) }
            return content
        }
        switch tool.wrapping {
        case .wrapped(let schema):
            // The result and the definition of the tool say the same: both without the wrapping, or both with it.
            if schema != nil { content.result.structuredContent = inner }
            content.readings = [inner]
        case .similar: if isOldEra { content.readings.insert(inner, at: 0) }
        case .plain: break
        // Without a schema only what is no object is wrapped.
        case nil: if isOldEra, inner.object == nil { content.readings.insert(inner, at: 0) }
        }
        return content
    }
}
