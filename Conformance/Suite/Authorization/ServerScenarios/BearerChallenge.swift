import MCPCore

/// A challenge of the scheme `Bearer` (RFC 9110 section 11.6.1, RFC 6750 section 3).
struct BearerChallenge: Sendable {
    private var parameters: [String: String] = [:]

    /// - Returns: `nil` where the answer has none.
    init?(_ head: Exchange.Head) {
        guard let field = head.headers["www-authenticate"], let scheme = field.lowercased().range(of: "bearer") else { return nil }
        // Only one scheme is looked for, so that the parameters are those behind its name.
        var rest = field[scheme.upperBound...]
        guard rest.isEmpty || rest.first == " " || rest.first == "," else { return nil }
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].reversed().prefix { !" ,".contains($0) }.reversed()
            rest = rest[rest.index(after: equals)...]
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let next = rest.popFirst(), next != "\"" {
                    value.append(next == "\\" ? rest.popFirst() ?? next : next)
                }
            } else {
                value = String(rest.prefix { !" ,".contains($0) })
                rest = rest.dropFirst(value.count)
            }
            parameters[String(name).lowercased()] = value
        }
    }

    subscript(name: String) -> String? { parameters[name] }
}
