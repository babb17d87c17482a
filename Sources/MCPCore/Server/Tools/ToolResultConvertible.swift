/// What a tool's function may return.
///
/// `String`, `ContentBlock`, arrays of it and `CallToolResult` are content; every other `SchemaCodable` is structured content with an
/// output schema. An optional is either: where it is `nil`, no content, or `null`.
public protocol ToolResultConvertible: Sendable {
    /// The schema of the structured content; `nil` where the result has none.
    static var outputSchema: JSONObject? { get }
    var toolResult: CallToolResult { get }

    /// The schema of an array of such values, which need not be an array of their results: blocks of content are one content.
    static var outputSchemaOfArray: JSONObject? { get }
    /// The result that is an array of such values.
    static func toolResult(of array: [Self]) -> CallToolResult
}

extension ToolResultConvertible {
    /// No structured content.
    public static var outputSchemaOfArray: JSONObject? { nil }

    /// The contents of all results, one after the other; an error where one of them is.
    public static func toolResult(of array: [Self]) -> CallToolResult {
        let results = array.map(\.toolResult)
        return CallToolResult(content: results.flatMap(\.content), isError: results.contains(where: \.isError))
    }
}

extension ToolResultConvertible where Self: SchemaCodable {
    public static var outputSchema: JSONObject? { JSONSchemaBuilder.schema(of: Self.self) }
    public var toolResult: CallToolResult { CallToolResult(structured: json) }
    public static var outputSchemaOfArray: JSONObject? { JSONSchemaBuilder.schema(of: [Self].self) }
    public static func toolResult(of array: [Self]) -> CallToolResult { CallToolResult(structured: array.json) }
}

extension CallToolResult: ToolResultConvertible {
    public static var outputSchema: JSONObject? { nil }
    public var toolResult: CallToolResult { self }
}

extension String: ToolResultConvertible {
    public static var outputSchema: JSONObject? { nil }
    public var toolResult: CallToolResult { CallToolResult(text: self) }
}

extension ContentBlock: ToolResultConvertible {
    public static var outputSchema: JSONObject? { nil }
    public var toolResult: CallToolResult { CallToolResult(content: [self]) }
}

extension Array: ToolResultConvertible where Element: ToolResultConvertible {
    public static var outputSchema: JSONObject? { Element.outputSchemaOfArray }
    public var toolResult: CallToolResult { Element.toolResult(of: self) }
    // An array of arrays is content where the innermost elements are, and else data.
    public static var outputSchemaOfArray: JSONObject? {
        Element.outputSchemaOfArray.map { inner in
            var inner = inner
            let definitions = inner["$defs"]
            inner["$defs"] = nil
            var schema: JSONObject = ["type": "array", "items": .object(inner)]
            schema["$defs"] = definitions
            return schema
        }
    }
    public static func toolResult(of array: [Self]) -> CallToolResult {
        let results = array.map(\.toolResult)
        guard Element.outputSchemaOfArray != nil else {
            return CallToolResult(content: results.flatMap(\.content), isError: results.contains(where: \.isError))
        }
        return CallToolResult(structured: .array(results.map { $0.structuredContent ?? .null }))
    }
}

extension Optional: ToolResultConvertible where Wrapped: ToolResultConvertible {
    public static var outputSchema: JSONObject? {
        Wrapped.outputSchema.map { schema in
            var schema = schema
            let definitions = schema["$defs"]
            schema["$defs"] = nil
            schema = schema.acceptingNull
            schema["$defs"] = definitions
            return schema
        }
    }

    public var toolResult: CallToolResult {
        if let self { return self.toolResult }
        return Wrapped.outputSchema == nil ? CallToolResult() : CallToolResult(structured: .null)
    }
}
