/// A question of a server to the user (`ElicitRequest`; 2026-07-28, client/elicitation).
public struct ElicitationRequest: Sendable, Hashable {
    public enum Mode: Sendable, Hashable {
        /// Fields to fill in; the schema is a flat object of strings, numbers, booleans and enums.
        case form(schema: JSONObject)
        /// A page to open, with the user's consent and never by itself; `page` says what to show before.
        case url(String)
    }

    /// Why the server asks, for the user.
    public var message: String
    public var mode: Mode
    /// The params as the server sent them.
    public var params: JSONObject

    /// What the fields of a form begin with: the defaults of those that have one, in the order of the schema (SEP-1034). A client shows them to
    /// the user, who may change them; a field that is left alone is answered with its default.
    public var defaults: JSONObject {
        guard case .form(let schema) = mode, let fields = schema["properties"]?.object else { return [:] }
        return JSONObject(fields.compactMap { name, field in field["default"].map { (name, $0) } })
    }

    /// - Throws: `JSONDecodingError`.
    public init(params: JSONObject) throws {
        message = try params.decode("message")
        switch try params.decodeIfPresent("mode", as: String.self) ?? "form" {
        case "form": mode = .form(schema: try params.decode("requestedSchema"))
        case "url": mode = .url(try ElicitationPage(url: params.decode("url")).url)
        case let other: throw JSONDecodingError(path: ["mode"], expected: "form or url", found: other)
        }
        self.params = params
    }
}

/// What the user did with a question (`ElicitResult`).
public enum ElicitationResult: Sendable, Hashable, JSONEncodable {
    /// The user answered; empty for a page.
    case accept(JSONObject = [:])
    case decline
    /// The user dismissed the question.
    case cancel

    public var json: JSONValue {
        switch self {
        case .accept(let content): content.isEmpty ? ["action": "accept"] : ["action": "accept", "content": .object(content)]
        case .decline: ["action": "decline"]
        case .cancel: ["action": "cancel"]
        }
    }
}
