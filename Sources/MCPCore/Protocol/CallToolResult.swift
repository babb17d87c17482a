/// The result of `tools/call` (`CallToolResult`).
public struct CallToolResult: Sendable, Hashable {
    public var content: [ContentBlock]
    /// The result as data. Any JSON value: where a revision allows only objects, another value travels as `{"result": …}`, and a client takes it out
    /// again where the tool's output schema says so.
    public var structuredContent: JSONValue?
    /// The tool failed in a way that the model may be able to mend.
    public var isError: Bool
    public var meta: JSONObject?

    public init(content: [ContentBlock] = [], structuredContent: JSONValue? = nil, isError: Bool = false, meta: JSONObject? = nil) {
        self.content = content
        self.structuredContent = structuredContent
        self.isError = isError
        self.meta = meta
    }

    /// A result that is text.
    public init(text: String, isError: Bool = false) { self.init(content: [.text(text)], isError: isError) }

    /// A result that is data, with the same as JSON text beside it for clients that read only text.
    public init(structured value: JSONValue) {
        self.init(content: [.text(value.serializedString)], structuredContent: value)
    }

    /// The text blocks of the result, one after the other.
    public var text: String {
        content.compactMap { if case .text(let content) = $0 { content.text } else { nil } }.joined(separator: "\n")
    }
}

extension CallToolResult: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .object(members) }

    var members: JSONObject {
        var object = JSONObject(unchecked: [.init(key: "content", value: content.json)])
        object["structuredContent"] = structuredContent
        if isError { object["isError"] = true }
        object.set("_meta", meta)
        return object
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            content: try object.decodeIfPresent("content") ?? [],
            structuredContent: object["structuredContent"],
            isError: try object.decodeIfPresent("isError") ?? false,
            meta: try object.decodeIfPresent("_meta"))
    }
}

/// A failure of a tool that the model may be able to mend: it becomes a result with `isError`, not a protocol error.
public struct ToolError: Error, Sendable, CustomStringConvertible {
    /// What went wrong and what to do, for the model.
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}
