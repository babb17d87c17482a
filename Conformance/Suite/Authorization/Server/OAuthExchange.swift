import MCPCore

/// A request to an authorization server.
public struct OAuthRequest: Sendable {
    public var method: String
    /// Without its query.
    public var path: String
    public var query: OAuthFields
    /// Names in lower case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    /// - Parameter target: Path and query.
    public init(_ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = String(parts.first ?? "/")
        query = OAuthFields(parsing: parts.count > 1 ? parts[1] : "")
        self.headers = headers.map { (name: $0.name.lowercased(), value: $0.value) }
        self.body = body
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The body as a form; `nil` where it says that it is something else.
    var form: OAuthFields? {
        guard header("content-type")?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else { return nil }
        return OAuthFields(parsing: String(decoding: body, as: UTF8.self))
    }
}

/// What an authorization server answers.
public struct OAuthReply: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    static func json(_ status: Int, _ object: JSONObject, headers: [(name: String, value: String)] = []) -> OAuthReply {
        // Answers with tokens are kept by nobody (RFC 6749 section 5.1).
        OAuthReply(
            status: status, headers: headers + [("content-type", "application/json"), ("cache-control", "no-store")],
            body: JSONValue.object(object).serialized())
    }

    static func text(_ status: Int, _ text: String) -> OAuthReply {
        OAuthReply(status: status, headers: [("content-type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    static func redirect(to url: String) -> OAuthReply { OAuthReply(status: 302, headers: [("location", url), ("cache-control", "no-store")], body: []) }

    public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
}

/// What an authorization server refuses (RFC 6749 section 5.2).
struct OAuthRefusal: Error {
    var status = 400
    var code: String
    var explanation: String
    var headers: [(name: String, value: String)] = []

    init(_ code: String, _ explanation: String, status: Int = 400, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.code = code
        self.explanation = explanation
        self.headers = headers
    }

    var reply: OAuthReply { .json(status, ["error": .string(code), "error_description": .string(explanation)], headers: headers) }
}
