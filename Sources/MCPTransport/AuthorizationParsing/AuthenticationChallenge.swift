/// One challenge of a `WWW-Authenticate` header (RFC 9110 section 11.6.1; RFC 6750 section 3; RFC 9449 section 7.1; RFC 9728 section 5.1).
public struct AuthenticationChallenge: Sendable, Hashable {
    /// The scheme, in lower case: `bearer`, `dpop`.
    public var scheme: String
    /// The parameters; their names in lower case.
    public var parameters: [String: String]

    public init(scheme: String, parameters: [String: String] = [:]) {
        self.scheme = scheme
        self.parameters = parameters
    }

    public var resourceMetadata: String? { parameters["resource_metadata"] }
    public var error: String? { parameters["error"] }
    /// The scopes that the request needs; `nil` where the challenge names none.
    public var scopes: [String]? {
        guard let words = parameters["scope"].map(Scopes.parse), !words.isEmpty else { return nil }
        return words
    }

    /// The challenges of all fields of that name, in order. What follows something that breaks the grammar is left out.
    public static func parse(_ fields: [String]) -> [AuthenticationChallenge] {
        fields.flatMap { field in
            var parser = Parser(text: Array(field.utf8.prefix(maximumBytes)))
            return parser.challenges()
        }
    }

    /// The challenge that a client of OAuth goes by: the first of scheme DPoP, and else the first Bearer.
    public static func preferred(in fields: [String]) -> AuthenticationChallenge? {
        let all = parse(fields)
        return all.first { $0.scheme == "dpop" } ?? all.first { $0.scheme == "bearer" }
    }

    private static let maximumBytes = 16 << 10
}

private struct Parser {
    let text: [UInt8]
    var position = 0

    init(text: [UInt8]) { self.text = text }

    mutating func challenges() -> [AuthenticationChallenge] {
        var challenges: [AuthenticationChallenge] = []
        skipSeparators()
        while let word = token() {
            skipBlanks()
            // `name=value` belongs to the challenge before it; anything else opens a new one.
            if peek() == UInt8(ascii: "="), !challenges.isEmpty, !isToken68() {
                position += 1
                skipBlanks()
                guard let value = value() else { break }
                // Of a repeated parameter the first counts: what comes later may have been added by somebody between.
                let name = word.lowercased()
                if challenges[challenges.count - 1].parameters[name] == nil { challenges[challenges.count - 1].parameters[name] = value }
            } else {
                challenges.append(AuthenticationChallenge(scheme: word.lowercased()))
                skipToken68()
            }
            guard atEnd || skipSeparators() || isTokenCharacter(text[position]) else { break }
        }
        return challenges
    }

    private var atEnd: Bool { position >= text.count }
    private func peek() -> UInt8? { atEnd ? nil : text[position] }

    private mutating func token() -> String? {
        let start = position
        while let byte = peek(), isTokenCharacter(byte) { position += 1 }
        return position == start ? nil : String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func value() -> String? {
        guard peek() == UInt8(ascii: "\"") else { return token() }
        position += 1
        var bytes: [UInt8] = []
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "\"") { return String(validating: bytes, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), let escaped = peek() {
                bytes.append(escaped)
                position += 1
            } else {
                bytes.append(byte)
            }
        }
        return nil
    }

    /// Whether the `=` here is the padding of a token68 and no sign between name and value.
    private func isToken68() -> Bool {
        var next = position
        while next < text.count, text[next] == UInt8(ascii: "=") { next += 1 }
        while next < text.count, text[next] == UInt8(ascii: " ") { next += 1 }
        return next >= text.count || text[next] == UInt8(ascii: ",")
    }

    /// The token68 behind a scheme, as in `Negotiate YII=`.
    private mutating func skipToken68() {
        let start = position
        while let byte = peek(), isTokenCharacter(byte) || byte == UInt8(ascii: "/") { position += 1 }
        let hasWord = position > start
        if hasWord, peek() == nil || peek() == UInt8(ascii: ",") || (peek() == UInt8(ascii: "=") && isToken68()) {
            while peek() == UInt8(ascii: "=") { position += 1 }
        } else {
            position = start
        }
    }

    private mutating func skipBlanks() { while let byte = peek(), byte == 32 || byte == 9 { position += 1 } }

    @discardableResult private mutating func skipSeparators() -> Bool {
        let start = position
        while let byte = peek(), byte == 32 || byte == 9 || byte == UInt8(ascii: ",") { position += 1 }
        return position > start
    }

    private func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
