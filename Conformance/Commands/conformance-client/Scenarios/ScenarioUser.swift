import MCPCore

/// A user who accepts everything: leaves each field of a form at its default, and fills in what is required and has none.
enum ScenarioUser {
    static func answer(to request: ElicitationRequest) -> ElicitationResult {
        guard case .form(let schema) = request.mode else { return .accept() }
        var content = request.defaults
        for (name, value) in requiredValues(of: schema) where content[name] == nil { content[name] = value }
        return .accept(content)
    }

    /// A value that fits each required property of a flat schema.
    static func requiredValues(of schema: JSONObject) -> JSONObject {
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        return JSONObject(required.map { name in (name, value(of: schema["properties"]?[name]?.object ?? [:])) })
    }

    private static func value(of property: JSONObject) -> JSONValue {
        if let choice = property["enum"]?[0] ?? property["oneOf"]?[0]?["const"] { return choice }
        return switch property["type"]?.string {
        case "boolean": true
        case "integer", "number": property["minimum"] ?? 1
        case "array": []
        case "object": [:]
        case "null": .null
        default: "text"
        }
    }
}
