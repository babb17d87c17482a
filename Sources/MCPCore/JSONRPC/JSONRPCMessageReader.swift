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
            self.init(unreadable: error)
        }
    }

    /// The same of a connection, with what is remembered of its last message.
    init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits, remembering meta: inout RememberedMeta) {
        do {
            self.init(try JSONValue(parsing: bytes, limits: limits, remembering: &meta))
        } catch {
            self.init(unreadable: error)
        }
    }

    /// What becomes of bytes that are no JSON.
    private init(unreadable error: JSONParsingError) {
        self = .invalid(JSONRPCResponse(id: nil, JSONRPCError(.parseError, "Parse error: \(error)")))
    }

    /// The members of a message, found in one pass; `nil` for those that it does not have.
    private struct Members {
        var id: Int?
        var jsonrpc: Int?
        var method: Int?
        var params: Int?
        var result: Int?
        var error: Int?

        init(_ members: [JSONObject.Member]) {
            for position in members.indices {
                let key = members[position].key
                if key.hasSameBytes(as: "jsonrpc") {
                    jsonrpc = position
                } else if key.hasSameBytes(as: "id") {
                    id = position
                } else if key.hasSameBytes(as: "method") {
                    method = position
                } else if key.hasSameBytes(as: "params") {
                    params = position
                } else if key.hasSameBytes(as: "result") {
                    result = position
                } else if key.hasSameBytes(as: "error") {
                    error = position
                }
            }
        }
    }

    private static func single(_ json: JSONValue) -> JSONRPCInput {
        guard case .object(let object) = json else { return invalid(nil, "a message is a JSON object, this is \(json.typeName)") }
        let members = object.members
        let found = Members(members)
        let id = found.id.flatMap { try? RequestID(json: members[$0].value) }
        // The id of a response is one of our own requests: an error that carried it would be taken for the response to one of the sender's.
        let isResponse = found.method == nil && (found.result != nil || found.error != nil)
        guard let version = found.jsonrpc, case .string(let version) = members[version].value, version.hasSameBytes(as: "2.0") else {
            return invalid(isResponse ? nil : id, "`jsonrpc` must be \"2.0\"")
        }
        if let method = found.method {
            guard case .string(let method) = members[method].value else { return invalid(id, "`method` must be a string") }
            var params = JSONObject()
            if let given = found.params {
                guard case .object(let given) = members[given].value else {
                    return invalid(id, "`params` must be an object, found \(members[given].value.typeName)")
                }
                params = given
            }
            guard let given = found.id else { return .message(.notification(JSONRPCNotification(method: method, params: params))) }
            guard let id else { return invalid(nil, "`id` must be a string or an integer of 64 bits, found \(members[given].value.typeName)") }
            return .message(.request(JSONRPCRequest(id: id, method: method, params: params)))
        }
        switch (found.result.map { members[$0].value }, found.error.map { members[$0].value }) {
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
