/// The handshake era: 2024-11-05 to 2025-11-25.
final class HandshakeProfile: WireProfile {
    let methods: Set<String> = [
        "ping", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read", "resources/subscribe",
        "resources/unsubscribe", "prompts/list", "prompts/get", "completion/complete",
    ]

    func result(_ result: MethodResult, of method: String) -> JSONObject {
        switch result {
        case .complete(let object, _): object
        // None exists in this era: questions are live requests here, nothing listens, and results have one type.
        case .inputRequired, .extended, .subscriptionEnded: [:]
        }
    }

    func error(_ failure: RequestFailure) -> JSONRPCError {
        switch failure {
        case .unknownResource(let uri): JSONRPCError(.resourceNotFound, "Resource not found", data: ["uri": .string(uri)])
        default: commonError(failure)
        }
    }

    func tool(_ tool: Tool, revision: ProtocolRevision) -> JSONObject {
        var tool = tool
        if revision < .v2025_03_26 { tool.annotations = nil }
        if revision < .v2025_06_18 {
            tool.title = nil
            tool.outputSchema = nil
        }
        if revision < .v2025_11_25 { tool.icons = [] }
        if let schema = tool.outputSchema, ResultWrapping.isNeeded(for: schema) { tool.outputSchema = ResultWrapping.wrap(schema: schema) }
        return tool.members
    }

    func toolResult(_ result: CallToolResult, schema: JSONObject?, revision: ProtocolRevision) -> JSONObject {
        var result = result
        // From 2025-06-18 on there is every kind of content.
        if revision < .v2025_06_18 {
            result.content = result.content.map { $0.downgraded(to: revision) }
            result.structuredContent = nil
        } else if let value = result.structuredContent, value.object == nil || schema.map(ResultWrapping.isNeeded(for:)) == true {
            // An object too, where the schema that the client was given is a wrapped one.
            result.structuredContent = .object(ResultWrapping.wrap(value: value))
        }
        return result.members
    }

    func inputBroker(for exchange: ServerExchange) throws -> any InputBroker { LiveInputBroker(exchange) }
}

extension ContentBlock {
    /// The block as a revision knows it: what it does not know becomes text or an embedded resource that says the same.
    func downgraded(to revision: ProtocolRevision) -> ContentBlock {
        switch self {
        case .audio(let audio) where revision < .v2025_03_26:
            .resource(EmbeddedResource(ResourceContents(uri: "data:\(audio.mimeType)", mimeType: audio.mimeType, body: .blob(audio.data))))
        case .resourceLink(let link) where revision < .v2025_06_18:
            .text("[\(link.title ?? link.name)](\(link.uri))" + (link.description.map { ": \($0)" } ?? ""))
        default: self
        }
    }
}
