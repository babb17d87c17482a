/// The `error` of a JSON-RPC response (JSON-RPC 2.0 section 5.1).
public struct JSONRPCError: Error, Sendable, Hashable, CustomStringConvertible {
    public var code: Code
    public var message: String
    public var data: JSONValue?

    public init(_ code: Code, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// An error code: those that JSON-RPC and MCP name, and any other integer.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        public static let parseError = Code(rawValue: -32700)
        public static let invalidRequest = Code(rawValue: -32600)
        public static let methodNotFound = Code(rawValue: -32601)
        public static let invalidParams = Code(rawValue: -32602)
        public static let internalError = Code(rawValue: -32603)
        /// `HeaderMismatch` (2026-07-28): HTTP headers and body disagree, or a required header is missing.
        public static let headerMismatch = Code(rawValue: -32020)
        /// `MissingRequiredClientCapability` (2026-07-28).
        public static let missingRequiredClientCapability = Code(rawValue: -32021)
        /// `UnsupportedProtocolVersion` (2026-07-28).
        public static let unsupportedProtocolVersion = Code(rawValue: -32022)
        /// Resource not found, in the handshake revisions only.
        public static let resourceNotFound = Code(rawValue: -32002)
        /// `URLElicitationRequired`, in 2025-11-25 only.
        public static let urlElicitationRequired = Code(rawValue: -32042)
        /// The user has refused a request to the language model (client/sampling, "Error Handling").
        public static let userRejectedSampling = Code(rawValue: -1)
    }

    public var description: String { "\(message) (\(code.rawValue))" }
}

extension JSONRPCError: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["code": .integer(Int64(code.rawValue)), "message": .string(message)]
        object["data"] = data
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(Code(rawValue: try object.decode("code")), try object.decode("message"), data: object["data"])
    }
}
