/// The per-request era: 2026-07-28 and later.
final class PerRequestProfile: WireProfile {
    /// The `_meta` of results that have nothing else in it.
    private let meta: JSONObject
    /// The same as a value: it is shared by all results.
    private let metaValue: JSONValue

    init(serverInfo: Implementation) {
        meta = JSONObject(unchecked: [.init(key: MetaKey.serverInfo, value: serverInfo.json)])
        metaValue = .object(meta)
    }

    let methods: Set<String> = [
        "server/discover", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read", "prompts/list",
        "prompts/get", "completion/complete", "subscriptions/listen",
    ]

    func result(_ result: MethodResult, of method: String) -> JSONObject {
        var object: JSONObject
        var meta = metaValue
        switch result {
        case .complete(let members, let cache):
            object = JSONObject(first: .init(key: "resultType", value: "complete"), of: members.count + 4)
            object.merge(members)
            if let cache {
                object["ttlMs"] = .integer(Int64(max(cache.ttlMilliseconds, 0)))
                object["cacheScope"] = .string(cache.scope.rawValue)
            }
            if let given = members["_meta"]?.object { meta = .object(self.meta.merging(given)) }
        case .inputRequired(let required):
            object = ["resultType": "input_required"]
            if !required.requests.isEmpty {
                object["inputRequests"] = .object(
                    JSONObject(
                        required.requests.map { key, request in
                            (key, ["method": .string(request.method), "params": .object(request.params)])
                        }))
            }
            object.set("requestState", required.state)
        case .extended(let type, let members):
            object = ["resultType": .string(type)]
            object.merge(members)
        case .subscriptionEnded(let id):
            object = ["resultType": "complete"]
            meta = .object(self.meta.merging([MetaKey.subscriptionID: id.json]))
        }
        object["_meta"] = meta
        return object
    }

    func error(_ failure: RequestFailure) -> JSONRPCError {
        switch failure {
        case .missingCapability(let required):
            JSONRPCError(
                .missingRequiredClientCapability, "The client has not declared a capability that this needs",
                data: ["requiredCapabilities": required.json])
        case .error(let error): PerRequestErrorCodes.allowed(error)
        default: commonError(failure)
        }
    }

    func tool(_ tool: Tool, revision: ProtocolRevision) -> JSONObject { tool.members }

    func toolResult(_ result: CallToolResult, schema: JSONObject?, revision: ProtocolRevision) -> JSONObject { result.members }

    func inputBroker(for exchange: ServerExchange) throws -> any InputBroker { try JournalInputBroker(exchange) }
}
