import MCPCore

/// Keeps what goes to the model of a tool's result within a size, and says so where something is left out.
///
/// JSON stays JSON: lists are shortened from their ends and long texts are cut, the longest first. The note stands on a
/// line of its own behind it.
enum ToolResultBound {
    /// In bytes of UTF-8; about 6,000 tokens.
    static let defaultLimit = 24_000

    /// What the model is told of a result.
    static func text(_ result: ToolResult, limit: Int = defaultLimit) -> String {
        if let structured = result.structuredContent { return bounded(structured, limit: limit) }
        let parts = result.content.map { block -> String in
            switch block["type"]?.string {
            case "text": block["text"]?.string ?? ""
            case "resource": block["resource"]?["text"]?.string ?? "[resource \(block["resource"]?["uri"]?.string ?? "")]"
            case "resource_link": "[resource \(block["uri"]?.string ?? "")]"
            case let type?: "[\(type) \(block["mimeType"]?.string ?? "")]"
            case nil: ""
            }
        }
        let text = parts.joined(separator: "\n")
        if let first = text.first, first == "{" || first == "[", text.utf8.count > limit, let value = try? JSONValue(parsing: text) {
            return bounded(value, limit: limit)
        }
        guard text.utf8.count > limit else { return text }
        return cut(text, to: limit) + "\n[shortened: the result has \(text.utf8.count) bytes, \(limit) are shown]"
    }

    static func bounded(_ value: JSONValue, limit: Int) -> String {
        let whole = value.serializedString
        guard whole.utf8.count > limit else { return whole }
        // Halve what lists and texts may hold until it fits.
        var elements = 512
        var bytes = 8192
        while elements > 0 || bytes > 16 {
            let text = shortened(value, elements: elements, bytes: bytes, depth: 0).serializedString
            if text.utf8.count <= limit { return text + "\n[shortened: the result has \(whole.utf8.count) bytes, lists and texts are cut]" }
            elements /= 2
            bytes = max(16, bytes / 2)
        }
        return cut(whole, to: limit) + "\n[shortened: the result has \(whole.utf8.count) bytes, \(limit) are shown]"
    }

    private static func shortened(_ value: JSONValue, elements: Int, bytes: Int, depth: Int) -> JSONValue {
        switch value {
        case .string(let text): .string(text.utf8.count <= bytes ? text : cut(text, to: bytes) + "…")
        case .array(let array): .array(array.prefix(elements).map { shortened($0, elements: elements, bytes: bytes, depth: depth + 1) })
        case .object(let object):
            .object(JSONObject(object.map { ($0.key, shortened($0.value, elements: elements, bytes: bytes, depth: depth + 1)) }))
        default: value
        }
    }

    /// At a character's border.
    private static func cut(_ text: String, to bytes: Int) -> String {
        var end = text.utf8.index(text.startIndex, offsetBy: bytes, limitedBy: text.endIndex) ?? text.endIndex
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }
}
