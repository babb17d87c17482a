/// What could be read of bytes that should hold a JSON-RPC message.
public enum JSONRPCInput: Sendable, Hashable {
    case message(JSONRPCMessage)
    /// A JSON array of messages (JSON-RPC 2.0 section 6); only revision 2025-03-26 has them in MCP.
    case batch([JSONRPCInput])
    /// No message; the response says why and carries the id where it could be read.
    case invalid(JSONRPCResponse)
}

extension JSONRPCInput {
    /// The most messages that a batch may have.
    public static let maximumBatchCount = 100

    /// Reads one message or one batch from parsed JSON.
    public init(_ json: JSONValue) {
        guard case .array(let elements) = json else {
            self = Self.single(json)
            return
        }
        if elements.isEmpty {
            self = .invalid(JSONRPCResponse(id: nil, JSONRPCError(.invalidRequest, "Invalid request: the batch is empty")))
        } else if elements.count > Self.maximumBatchCount {
            let reason = "Invalid request: a batch has at most \(Self.maximumBatchCount) messages, this one has \(elements.count)"
            self = .invalid(JSONRPCResponse(id: nil, JSONRPCError(.invalidRequest, reason)))
        } else {
            self = .batch(elements.map(Self.single))
        }
    }

    /// Parses bytes and reads one message or one batch from them.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default) {
        do {
            self.init(try JSONValue(parsing: bytes, limits: limits))
        } catch {
            self = .invalid(JSONRPCResponse(id: nil, JSONRPCError(.parseError, "Parse error: \(error)")))
        }
    }

    private static func single(_ json: JSONValue) -> JSONRPCInput {
        guard case .object(let object) = json else { return invalid(nil, "a message is a JSON object, this is \(json.typeName)") }
        let idValue = object["id"]
        let id = idValue.flatMap { try? RequestID(json: $0) }
        // The id of a response is one of our own requests: an error that carried it would be taken for the response to one of the sender's.
        let isResponse = object["method"] == nil && (object["result"] != nil || object["error"] != nil)
        guard object["jsonrpc"] == "2.0" else { return invalid(isResponse ? nil : id, "`jsonrpc` must be \"2.0\"") }
        if let method = object["method"] {
            guard case .string(let method) = method else { return invalid(id, "`method` must be a string") }
            let params: JSONObject
            switch object["params"] {
            case nil: params = [:]
            case .object(let given): params = given
            case let other?: return invalid(id, "`params` must be an object, found \(other.typeName)")
            }
            guard let idValue else { return .message(.notification(JSONRPCNotification(method: method, params: params))) }
            guard let id else { return invalid(nil, "`id` must be a string or an integer, found \(idValue.typeName)") }
            return .message(.request(JSONRPCRequest(id: id, method: method, params: params)))
        }
        switch (object["result"], object["error"]) {
        case (.object(let result)?, nil):
            guard let id else { return invalid(nil, "a response with a result needs the `id` of its request") }
            return .message(.response(JSONRPCResponse(id: id, result)))
        case (nil, let error?):
            guard let error = try? JSONRPCError(json: error) else {
                return invalid(nil, "`error` needs an integer `code` and a string `message`")
            }
            return .message(.response(JSONRPCResponse(id: id, error)))
        default:
            return invalid(isResponse ? nil : id, "a message has a `method`, or exactly one of an object `result` and an `error`")
        }
    }

    private static func invalid(_ id: RequestID?, _ reason: String) -> JSONRPCInput {
        .invalid(JSONRPCResponse(id: id, JSONRPCError(.invalidRequest, "Invalid request: \(reason)")))
    }
}
