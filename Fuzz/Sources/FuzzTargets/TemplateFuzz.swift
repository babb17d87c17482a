import MCPCore

/// A template on the first line, a URI on the second: parsing, matching, and expanding what was found.
enum TemplateFuzz {
    static func run(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, let template = try? URITemplate(String(decoding: lines[0], as: UTF8.self)) else { return }
        let uri = String(decoding: lines[1], as: UTF8.self)
        guard let values = template.match(uri) else { return }
        precondition(values.keys.allSatisfy(template.variableNames.contains))
        _ = template.expand(values)
    }
}
