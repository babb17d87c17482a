/// A URI template (RFC 6570, level 4): expands variables into a URI, and finds the values of the variables in one.
public struct URITemplate: Sendable, Hashable {
    /// The template as it was given.
    public let text: String
    let parts: [Part]

    enum Part: Sendable, Hashable {
        case literal(String)
        case expression(Operator?, [Variable])
    }

    struct Variable: Sendable, Hashable {
        var name: String
        /// The longest value, in characters (`:3`).
        var prefix: Int?
        /// Whether a list goes out as single values (`*`).
        var isExploded = false
    }

    /// RFC 6570 section 2.2 and appendix A.
    enum Operator: Character, Sendable, Hashable {
        case reserved = "+"
        case fragment = "#"
        case label = "."
        case path = "/"
        case parameter = ";"
        case query = "?"
        case continuation = "&"
    }

    /// - Throws: `URITemplateError` with the place of the fault.
    public init(_ text: String) throws {
        self.text = text
        parts = try URITemplateParser(text).parts()
    }

    /// The names of the variables, in order, each once.
    public var variableNames: [String] {
        var names: [String] = []
        for case .expression(_, let variables) in parts {
            for variable in variables where !names.contains(variable.name) { names.append(variable.name) }
        }
        return names
    }
}

/// A text is no URI template.
public struct URITemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    public var template: String
    public var reason: String
    public var description: String { "`\(template)` is no URI template (RFC 6570): \(reason)" }
}

/// The value of a variable.
public enum URITemplateValue: Sendable, Hashable, ExpressibleByStringLiteral {
    case text(String)
    case list([String])
    public init(stringLiteral value: String) { self = .text(value) }
}

private struct URITemplateParser {
    private let text: String

    init(_ text: String) { self.text = text }

    func parts() throws -> [URITemplate.Part] {
        var parts: [URITemplate.Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{" else { throw fault("a } without its {") }
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else { throw fault("a { without its }") }
            parts.append(try expression(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        return parts
    }

    private func expression(_ inner: Substring) throws -> URITemplate.Part {
        var inner = inner
        var symbol: URITemplate.Operator?
        if let first = inner.first, let known = URITemplate.Operator(rawValue: first) {
            symbol = known
            inner = inner.dropFirst()
        } else if let first = inner.first, "=,!@|".contains(first) {
            throw fault("the operator \(first) is reserved")
        }
        let variables = try inner.split(separator: ",", omittingEmptySubsequences: false).map(variable)
        return .expression(symbol, variables)
    }

    private func variable(_ given: Substring) throws -> URITemplate.Variable {
        var name = given
        var variable = URITemplate.Variable(name: "")
        if name.last == "*" {
            variable.isExploded = true
            name = name.dropLast()
        } else if let colon = name.firstIndex(of: ":") {
            guard let length = Int(name[name.index(after: colon)...]), (1..<10_000).contains(length) else {
                throw fault("a prefix is a number from 1 to 9999, as in {name:3}")
            }
            variable.prefix = length
            name = name[..<colon]
        }
        guard !name.isEmpty,
            name.utf8.allSatisfy({ URICharacters.isUnreserved($0) && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "~") || $0 == UInt8(ascii: "%") })
        else { throw fault("a variable's name has letters, digits, _ and ., and `\(given)` is none") }
        variable.name = String(name)
        return variable
    }

    private func fault(_ reason: String) -> URITemplateError { URITemplateError(template: text, reason: reason) }
}

enum URICharacters {
    /// `unreserved` of RFC 3986 section 2.3.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: "-._~".utf8.contains(byte)
        }
    }

    /// `reserved` of RFC 3986 section 2.2.
    static func isReserved(_ byte: UInt8) -> Bool { ":/?#[]@!$&'()*+,;=".utf8.contains(byte) }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// - Parameter keepsReserved: Reserved characters and percent-encoded bytes stay as they are (RFC 6570 section 3.2.3).
    static func encode(_ text: String, keepsReserved: Bool) -> String {
        var bytes: [UInt8] = []
        let given = Array(text.utf8)
        for (index, byte) in given.enumerated() {
            let isEncoded = byte == UInt8(ascii: "%") && index + 2 < given.count && isHexadecimal(given[index + 1]) && isHexadecimal(given[index + 2])
            if isUnreserved(byte) || keepsReserved && (isReserved(byte) || isEncoded) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `nil` where what is encoded is no UTF-8.
    static func decode(_ bytes: some Collection<UInt8>) -> String? {
        var result: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first, let low = rest.dropFirst().first,
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }
}
