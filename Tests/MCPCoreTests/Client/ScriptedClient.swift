import MCPCore

/// A client whose server is a script behind an opening that always succeeds.
/// - Parameter capabilities: What the server declares.
func scriptedClient(
    _ revision: ProtocolRevision = .latestHandshake, binding: TransportBinding = .stream, capabilities: JSONValue = ["tools": [:]],
    configuration: ClientConfiguration = ClientConfiguration(), script: @escaping ScriptedTransport.Script = { _ in [:] }
) async throws -> (Client, ScriptedTransport) {
    let transport = ScriptedTransport(binding) { call in
        switch call.request.method {
        case "server/discover": ["supportedVersions": [.string(revision.rawValue)], "capabilities": capabilities]
        case "initialize":
            ["protocolVersion": .string(revision.rawValue), "capabilities": capabilities, "serverInfo": ["name": "scripted", "version": "1"]]
        default: try await script(call)
        }
    }
    var configuration = configuration
    configuration.era = .pinned(revision)
    return (try await Client.connect(transport, configuration: configuration), transport)
}

extension ScriptedTransport {
    /// The responses of the client to requests of the server, by id, once there are that many.
    func responses(count: Int) async -> [RequestID: Result<JSONObject, JSONRPCError>] {
        // The first message is the notification of the handshake.
        let responses = await sent(count: count + 1).compactMap { if case .response(let response) = $0 { response } else { nil } }
        return Dictionary(responses.compactMap { response in response.id.map { ($0, response.result) } }) { first, _ in first }
    }

    /// The code of the error that the client answers a request of the server with; `nil` for a result.
    func refusal(of method: String, _ params: JSONObject = [:]) async -> JSONRPCError? {
        let count = sent.count { if case .response = $0 { true } else { false } }
        let id = RequestID.integer(Int64(1000 + count))
        await emit(.request(JSONRPCRequest(id: id, method: method, params: params)))
        guard case .failure(let error)? = await responses(count: count + 1)[id] else { return nil }
        return error
    }
}
