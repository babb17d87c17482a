/// One JSON-RPC 2.0 message.
public enum JSONRPCMessage: Sendable, Hashable {
    case request(JSONRPCRequest)
    case notification(JSONRPCNotification)
    case response(JSONRPCResponse)
}

/// A call that expects a response.
public struct JSONRPCRequest: Sendable, Hashable {
    public var id: RequestID
    public var method: String
    /// Empty where the message has no `params`; it is then written without them.
    public var params: JSONObject

    public init(id: RequestID, method: String, params: JSONObject = [:]) {
        self.id = id
        self.method = method
        self.params = params
    }
}

/// A one-way message.
public struct JSONRPCNotification: Sendable, Hashable {
    public var method: String
    /// Empty where the message has no `params`; it is then written without them.
    public var params: JSONObject

    public init(method: String, params: JSONObject = [:]) {
        self.method = method
        self.params = params
    }
}

/// The answer to a request.
public struct JSONRPCResponse: Sendable, Hashable {
    /// `nil` only on an error for a request whose id could not be read.
    public var id: RequestID?
    public var result: Result<JSONObject, JSONRPCError>

    public init(id: RequestID?, result: Result<JSONObject, JSONRPCError>) {
        self.id = id
        self.result = result
    }

    public init(id: RequestID, _ result: JSONObject) { self.init(id: id, result: .success(result)) }
    public init(id: RequestID?, _ error: JSONRPCError) { self.init(id: id, result: .failure(error)) }
}

extension JSONRPCRequest: JSONEncodable {
    public var json: JSONValue {
        var object: JSONObject = ["jsonrpc": "2.0", "id": id.json, "method": .string(method)]
        if !params.isEmpty { object["params"] = .object(params) }
        return .object(object)
    }
}

extension JSONRPCNotification: JSONEncodable {
    public var json: JSONValue {
        var object: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
        if !params.isEmpty { object["params"] = .object(params) }
        return .object(object)
    }
}

extension JSONRPCResponse: JSONEncodable {
    public var json: JSONValue {
        var object: JSONObject = ["jsonrpc": "2.0"]
        if let id { object["id"] = id.json }
        switch result {
        case .success(let result): object["result"] = .object(result)
        case .failure(let error): object["error"] = error.json
        }
        return .object(object)
    }
}

extension JSONRPCMessage: JSONEncodable {
    public var json: JSONValue {
        switch self {
        case .request(let request): request.json
        case .notification(let notification): notification.json
        case .response(let response): response.json
        }
    }
}
