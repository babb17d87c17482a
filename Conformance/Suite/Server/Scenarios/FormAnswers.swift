import MCPCore

/// What a user, a model and a file system would answer, made up from what the server asks.
enum FormAnswers {
    static let name = "Conformance Person"
    static let sampled = "The answer of the conformance model"

    /// A content that fits a requested schema; the values are made from the schema, so that it fits whatever server asks.
    static func content(for schema: JSONValue?) -> JSONObject {
        var content: JSONObject = [:]
        for (key, property) in schema?["properties"]?.object ?? [:] { content[key] = value(for: property) }
        return content
    }

    private static func value(for property: JSONValue) -> JSONValue {
        if let choices = property["enum"]?.array, let first = choices.first { return first }
        if let choices = property["oneOf"]?.array, let first = choices.first?["const"] { return first }
        switch property["type"]?.string {
        case "boolean": return true
        case "integer", "number": return property["minimum"] ?? property["maximum"] ?? 1
        case "array":
            let items = property["items"]
            let choices = items?["enum"]?.array ?? (items?["anyOf"]?.array ?? []).compactMap { $0["const"] }
            let count = max(Int(property["minItems"]?.integer ?? 1), 1)
            return .array(Array(choices.prefix(count)))
        default:
            switch property["format"]?.string {
            case "email": return "person@example.com"
            case "uri": return "https://example.com/"
            case "date": return "2026-07-28"
            case "date-time": return "2026-07-28T12:00:00Z"
            default: break
            }
            let length = Int(property["minLength"]?.integer ?? 0)
            let limit = Int(property["maxLength"]?.integer ?? Int64(max(name.count, length)))
            let text = name.count < length ? name + String(repeating: "x", count: length - name.count) : name
            return .string(String(text.prefix(limit)))
        }
    }

    /// The result of a request of a server.
    static func result(_ method: String, _ params: JSONObject) -> JSONObject? {
        switch method {
        case "elicitation/create":
            params["mode"] == "url" ? ["action": "accept"] : ["action": "accept", "content": .object(content(for: params["requestedSchema"]))]
        case "sampling/createMessage":
            [
                "role": "assistant", "content": ["type": "text", "text": .string(sampled)], "model": "conformance-model",
                "stopReason": "endTurn",
            ]
        case "roots/list": ["roots": [["uri": "file:///conformance/root", "name": "Conformance root"]]]
        default: nil
        }
    }

    /// The capabilities that stand for all of that.
    static let capabilities: JSONObject = ["sampling": [:], "elicitation": [:], "roots": [:]]
}
