/// One way in which an instance does not fit its schema, in words that a person or a model can act on.
public struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
    /// Where in the instance.
    public let instancePath: JSONPath
    /// The keyword in the schema document (or, behind a reference to another, in that document).
    public let schemaPath: JSONPath
    /// The keyword that failed, for example `minimum`; `false` for the schema that nothing fits, `maximumSteps` or
    /// `maximumDepth` when a limit ended the validation.
    public let keyword: String
    /// What was expected and what was found, for example `expected integer, found string "three"`. Long values are cut short.
    public let expected: String

    public init(instancePath: JSONPath, schemaPath: JSONPath, keyword: String, expected: String) {
        self.instancePath = instancePath
        self.schemaPath = schemaPath
        self.keyword = keyword
        self.expected = expected
    }

    /// The path and what was expected, for example `/days: expected integer, found string "three"`.
    public var description: String { instancePath.isRoot ? expected : "\(instancePath): \(expected)" }
}

/// Why a schema was not compiled, and where in it.
public struct SchemaCompilationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The URI of the schema document; empty for the one that was given and has none.
    public let document: String
    /// Where in the document.
    public let path: JSONPath
    /// What is wrong and what to do about it.
    public let reason: String

    public init(document: String = "", path: JSONPath = JSONPath(), reason: String) {
        self.document = document
        self.path = path
        self.reason = reason
    }

    public var description: String {
        "schema \(document)\(path.isRoot && !document.isEmpty ? "" : "#\(path)"): \(reason)"
    }
}

/// A string in double quotes, with control characters escaped and no longer than `limit` characters.
func quoted(_ text: String, limit: Int = 60) -> String {
    var result = "\""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit {
            let bytes = text.utf8.count
            // Counting a very long one for each message would take long.
            return result + (bytes > 1 << 12 ? "\"… (\(bytes) bytes)" : "\"… (\(text.unicodeScalars.count) characters)")
        }
        count += 1
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case let scalar where scalar.value < 0x20 || scalar.value == 0x7F:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

extension JSONValue {
    /// The value in a few words for a message: its type and, where that is short, the value.
    var briefly: String {
        switch self {
        case .array(let elements): elements.isEmpty ? "an empty array" : "array of \(counted(elements.count, "item"))"
        case .object(let object): object.isEmpty ? "an empty object" : "object with \(counted(object.count, "property", "properties"))"
        case .null: "null"
        default: "\(typeName) \(literal)"
        }
    }

    /// The value as JSON would write it, cut short.
    var literal: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .double(let value): return value.description
        case .number(let value):
            let count = value.literal.utf8.count
            return count <= 40 ? value.literal : "\(value.literal.prefix(40))… (\(count) characters)"
        case .string(let value): return quoted(value)
        case .array(let elements):
            guard elements.count <= 4, !elements.contains(where: \.isContainer) else { return briefly }
            return "[" + elements.map(\.literal).joined(separator: ", ") + "]"
        case .object(let object):
            guard object.count <= 4, !object.contains(where: { $0.value.isContainer }) else { return briefly }
            return "{" + object.map { "\(quoted($0.key)): \($0.value.literal)" }.joined(separator: ", ") + "}"
        }
    }

    private var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}

/// A number and its noun, for example `1 item` or `3 items`.
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(plural ?? noun + "s")"
}

/// The items, at most `limit` of them, with commas.
func listed(_ items: some Collection<String>, limit: Int = 12) -> String {
    let shown = items.prefix(limit).joined(separator: ", ")
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
}
