/// The words and marks of an SQL text, without comments and without what stands in quotes.
///
/// It knows just enough of both dialects' lexical rules to find statement ends and keywords. Nothing that keeps data safe
/// depends on it.
struct SQLTokens {
    struct Token: Hashable {
        enum Kind: Hashable {
            /// A keyword or unquoted identifier, in capitals.
            case word
            /// A string, quoted identifier or number.
            case value
            /// One other character.
            case mark
        }
        var kind: Kind
        var text: String
        /// Unicode scalars before it.
        var position: Int
    }

    private(set) var tokens: [Token] = []
    private let scalars: [Unicode.Scalar]
    private let dialect: SQLDialect
    private var at = 0

    init(_ sql: String, dialect: SQLDialect) {
        scalars = Array(sql.unicodeScalars)
        self.dialect = dialect
        while at < scalars.count { scan() }
    }

    private func peek(_ offset: Int = 1) -> Unicode.Scalar? {
        at + offset < scalars.count ? scalars[at + offset] : nil
    }

    private mutating func scan() {
        let scalar = scalars[at]
        switch scalar {
        case _ where scalar.properties.isWhitespace: at += 1
        case "-" where peek() == "-": skipLine()
        case "/" where peek() == "*": skipComment()
        case "'": value { $0.skipQuoted("'", backslashEscapes: false) }
        case "\"": value { $0.skipQuoted("\"", backslashEscapes: false) }
        case "`" where dialect == .sqlite: value { $0.skipQuoted("`", backslashEscapes: false) }
        case "[" where dialect == .sqlite: value { $0.skipBracketed() }
        case "$" where dialect == .postgresql: value { $0.skipDollar() }
        case "e" where peek() == "'" && dialect == .postgresql, "E" where peek() == "'" && dialect == .postgresql:
            value {
                $0.at += 1
                $0.skipQuoted("'", backslashEscapes: true)
            }
        case _ where Self.startsWord(scalar): word()
        case "0"..."9": value { $0.skipWhile { Self.continuesWord($0) || $0 == "." } }
        default:
            tokens.append(Token(kind: .mark, text: String(scalar), position: at))
            at += 1
        }
    }

    private static func startsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.value > 0x7f
    }

    private static func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
        startsWord(scalar) || ("0"..."9").contains(scalar) || scalar == "$"
    }

    private mutating func word() {
        let start = at
        skipWhile(Self.continuesWord)
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[start..<at])
        tokens.append(Token(kind: .word, text: text.uppercased(), position: start))
    }

    private mutating func value(_ skip: (inout Self) -> Void) {
        let start = at
        skip(&self)
        tokens.append(Token(kind: .value, text: "", position: start))
    }

    private mutating func skipWhile(_ condition: (Unicode.Scalar) -> Bool) {
        while at < scalars.count, condition(scalars[at]) { at += 1 }
    }

    private mutating func skipLine() { skipWhile { $0 != "\n" } }

    private mutating func skipComment() {
        at += 2
        var depth = 1
        while at < scalars.count, depth > 0 {
            if scalars[at] == "*", peek() == "/" {
                depth -= 1
                at += 2
            } else if dialect == .postgresql, scalars[at] == "/", peek() == "*" {
                // Only PostgreSQL nests comments.
                depth += 1
                at += 2
            } else {
                at += 1
            }
        }
    }

    private mutating func skipQuoted(_ quote: Unicode.Scalar, backslashEscapes: Bool) {
        at += 1
        while at < scalars.count {
            if backslashEscapes, scalars[at] == "\\" {
                at += 2
            } else if scalars[at] == quote {
                at += 1
                // A doubled quote stands for one and does not end the text.
                guard at < scalars.count, scalars[at] == quote else { return }
                at += 1
            } else {
                at += 1
            }
        }
        at = min(at, scalars.count)
    }

    private mutating func skipBracketed() {
        skipWhile { $0 != "]" }
        at = min(at + 1, scalars.count)
    }

    /// `$1`, or `$tag$ … $tag$`.
    private mutating func skipDollar() {
        var end = at + 1
        while end < scalars.count, Self.continuesWord(scalars[end]), scalars[end] != "$" { end += 1 }
        guard end < scalars.count, scalars[end] == "$", !("0"..."9").contains(scalars[at + 1]) else {
            at = max(end, at + 1)
            return
        }
        let tag = Array(scalars[at...end])
        at = end + 1
        while at < scalars.count {
            if scalars[at] == "$", at + tag.count <= scalars.count, Array(scalars[at..<(at + tag.count)]) == tag {
                at += tag.count
                return
            }
            at += 1
        }
    }
}
