import Foundation
import MCPCore

/// Parsing and writing, beside Foundation's coders on the same type in the same run.
enum JSONBenchmark {
    static func run() throws {
        try measure("call", Array(call.utf8), rounds: 2000, foundationRounds: 200)
        try measure("list", list().serialized(), rounds: 20, foundationRounds: 2)
    }

    static func writeDocuments(into directory: String) throws {
        try Data(call.utf8).write(to: URL(filePath: directory).appending(path: "call.json"))
        try Data(list().serialized()).write(to: URL(filePath: directory).appending(path: "list.json"))
    }

    private static func measure(_ name: String, _ document: [UInt8], rounds: Int, foundationRounds: Int) throws {
        let value = try JSONValue(parsing: document)
        let data = Data(document)
        let foundationValue = FoundationValue<AsUsual>(value)
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        let factor = rounds / foundationRounds
        let times = try inTurn(
            rounds: foundationRounds,
            [
                { for _ in 0..<factor { _ = try JSONValue(parsing: document) } },
                { _ = try decoder.decode(FoundationValue<AsUsual>.self, from: data) },
                { for _ in 0..<factor { _ = value.serialized() } },
                { _ = try encoder.encode(foundationValue) },
                { _ = try decoder.decode(FoundationValue<ByFrequency>.self, from: data) },
            ])
        try Figure.print("json/parse-\(name)", microseconds: times[0] / Double(factor))
        try Figure.print("json/parse-\(name)-foundation", microseconds: times[1])
        try Figure.print("json/parse-\(name)-foundation-tuned", microseconds: times[4])
        try Figure.print("json/write-\(name)", microseconds: times[2] / Double(factor))
        try Figure.print("json/write-\(name)-foundation", microseconds: times[3])
    }

    /// 307 bytes.
    private static let call = """
        {"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"search_messages","_meta":{"io.modelcontextprotocol/protocolVersion":\
        "2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1.0"},"io.modelcontextprotocol/clientCapabilities":{}},\
        "arguments":{"query":"invoice from Acme","limit":20,"unread":true}}}
        """

    /// About 100 KB.
    private static func list() -> JSONValue {
        let tools = (0..<210).map { index -> JSONValue in
            [
                "name": .string("tool_\(index)"), "title": "Search – everything", "description": .string("Searches the archive, up to 5 € a call. \(index)"),
                "inputSchema": [
                    "type": "object",
                    "properties": [
                        "query": ["type": "string", "description": "What to look for, in the words of the user.", "minLength": 1],
                        "limit": ["type": "integer", "minimum": 1, "maximum": 100, "default": 20],
                        "order": ["type": "string", "enum": ["newest", "oldest", "relevance"]],
                    ],
                    "required": ["query"], "additionalProperties": false,
                ],
                "annotations": ["readOnlyHint": true, "openWorldHint": false],
            ]
        }
        return ["jsonrpc": "2.0", "id": 2, "result": ["tools": .array(tools)]]
    }
}

/// The order in which a decoder tries what a value is: it cannot ask.
private protocol Trials: Sendable {
    static func decode(_ container: any SingleValueDecodingContainer) throws -> FoundationValue<Self>
}

/// As types of this kind do it everywhere.
private enum AsUsual: Trials {
    static func decode(_ container: any SingleValueDecodingContainer) throws -> FoundationValue<AsUsual> {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(Int64.self) { return .integer(value) }
        if let value = try? container.decode(Double.self) { return .double(value) }
        if let value = try? container.decode(String.self) { return .string(value) }
        if let value = try? container.decode([FoundationValue<AsUsual>].self) { return .array(value) }
        return .object(try container.decode([String: FoundationValue<AsUsual>].self))
    }
}

/// What there is most of in these documents first: every wrong guess is an error that is thrown.
private enum ByFrequency: Trials {
    static func decode(_ container: any SingleValueDecodingContainer) throws -> FoundationValue<ByFrequency> {
        if let value = try? container.decode(String.self) { return .string(value) }
        if let value = try? container.decode([String: FoundationValue<ByFrequency>].self) { return .object(value) }
        if let value = try? container.decode(Int64.self) { return .integer(value) }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode([FoundationValue<ByFrequency>].self) { return .array(value) }
        if container.decodeNil() { return .null }
        return .double(try container.decode(Double.self))
    }
}

/// The value type as Foundation's coders see it.
private enum FoundationValue<Order: Trials>: Codable {
    case null, bool(Bool), integer(Int64), double(Double), string(String), array([FoundationValue]), object([String: FoundationValue])

    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .number(let value): self = .double(value.approximation)
        case .string(let value): self = .string(value)
        case .array(let values): self = .array(values.map(FoundationValue.init))
        case .object(let object): self = .object(Dictionary(uniqueKeysWithValues: object.map { ($0.key, FoundationValue($0.value)) }))
        }
    }

    init(from decoder: any Decoder) throws { self = try Order.decode(try decoder.singleValueContainer()) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
