import MCPCore

/// A `pattern` on the first line, a text on the second: neither compiling nor matching may hang.
enum PatternFuzz {
    static func run(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2 else { return }
        let schema: JSONValue = ["type": "string", "pattern": .string(String(decoding: lines[0], as: UTF8.self))]
        guard let validator = try? SchemaValidator(compiling: schema) else { return }
        _ = validator.validate(.string(String(decoding: lines[1], as: UTF8.self)))
    }
}
