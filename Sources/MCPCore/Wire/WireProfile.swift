/// How an era spells what the kernel says: which methods exist, which fields a result carries, which code a failure has.
///
/// One type an era, not a revision: an era can be read, tested and one day removed alone.
protocol WireProfile: AnyObject, Sendable {
    /// The requests that a client may send.
    var methods: Set<String> { get }
    func result(_ result: MethodResult, of method: String) -> JSONObject
    func error(_ failure: RequestFailure) -> JSONRPCError
    /// A tool as `tools/list` of that revision gives it.
    func tool(_ tool: Tool, revision: ProtocolRevision) -> JSONObject
    /// The result of a tool as that revision allows it.
    /// - Parameter schema: The output schema of the tool.
    func toolResult(_ result: CallToolResult, schema: JSONObject?, revision: ProtocolRevision) -> JSONObject
    /// How a call asks the client something.
    /// - Throws: `RequestFailure` where what the client has sent for it has the wrong shape.
    func inputBroker(for exchange: ServerExchange) throws -> any InputBroker
}

extension WireProfile {
    /// The codes that both eras share.
    func commonError(_ failure: RequestFailure) -> JSONRPCError {
        switch failure {
        case .unknownMethod(let method): JSONRPCError(.methodNotFound, "Method not found: \(method.abbreviated)")
        case .invalidParams(let message, let data): JSONRPCError(.invalidParams, message, data: data)
        case .unknownTool(let name): JSONRPCError(.invalidParams, "Unknown tool: \(name.abbreviated)")
        case .unknownResource(let uri): JSONRPCError(.invalidParams, "Resource not found", data: ["uri": .string(uri)])
        case .missingCapability(let required):
            JSONRPCError(
                .invalidRequest, "The client has not declared a capability that this needs",
                data: ["requiredCapabilities": required.json])
        case .cannotAsk:
            JSONRPCError(
                .invalidRequest,
                "This needs an answer from the client, and there is no way to ask it: open a session with `initialize`, or use revision \(ProtocolRevision.latest.rawValue)"
            )
        case .error(let error): error
        }
    }
}

extension String {
    /// The text cut to a length that is fit for a message.
    var abbreviated: String { count > 128 ? prefix(128) + "…" : self }
}
