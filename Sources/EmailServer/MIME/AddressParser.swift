/// Reads address lists as mail has them (RFC 5322 sections 3.4 and 4.4): comments, quoted strings, groups, routes, encoded words.
///
/// Reading is lenient and never fails; `isExact` tells afterwards whether anything was skipped or guessed.
struct AddressParser {
    /// False as soon as something was there that is not simply a list of mailboxes.
    private(set) var isExact = true
    private(set) var lastLocalWasQuoted = false
    private let text: [Unicode.Scalar]
    private var index = 0

    /// More addresses than that are not read.
    static let maximumAddresses = 2000

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    static func addresses(in text: String) -> [MailAddress] {
        var parser = AddressParser(text)
        return parser.list()
    }

    mutating func list() -> [MailAddress] {
        var result: [MailAddress] = []
        while index < text.count, result.count < Self.maximumAddresses {
            if let mailbox = mailbox() { result.append(mailbox) }
        }
        return result
    }

    private var current: Unicode.Scalar? { index < text.count ? text[index] : nil }

    /// Reads up to and including the next separator.
    private mutating func mailbox() -> MailAddress? {
        var phrase: [String] = []
        var local = ""
        var quoted = false
        var note: String?
        while let scalar = current {
            switch scalar {
            case "(":
                note = comment()
                isExact = false
            case "\"":
                let content = quotedString()
                quoted = true
                phrase.append(content)
                local += content
            case "<":
                let found = angleAddress()
                skipToSeparator()
                guard let found else { return nil }
                return address(name: phrase.joined(separator: " "), found.local, found.domain)
            case "@":
                index += 1
                let domain = domainName()
                // `"a b"@x` keeps its quotes in mind; `"a"b@x` is the obsolete form and counts as inexact.
                if quoted && phrase.count > 1 { isExact = false }
                lastLocalWasQuoted = quoted
                if current == "(" { note = comment() }
                skipToSeparator()
                if !quoted && phrase.count > 1 { isExact = false }
                return address(name: note ?? "", quoted ? local : phrase.last ?? "", domain)
            case ":":
                // What came before names a group; its members follow.
                isExact = false
                index += 1
                phrase = []
                local = ""
                quoted = false
            case ",", ";":
                if !phrase.isEmpty || scalar == ";" { isExact = false }
                index += 1
                return nil
            case _ where scalar.properties.isWhitespace:
                index += 1
            case ">", ")", "[", "]", "\\":
                isExact = false
                index += 1
            default:
                let atom = atom()
                phrase.append(atom)
                local += atom
            }
        }
        if !phrase.isEmpty { isExact = false }
        return nil
    }

    private mutating func address(name: String, _ local: String, _ domain: String) -> MailAddress? {
        guard !local.isEmpty, !domain.isEmpty else {
            isExact = false
            return nil
        }
        let name = EncodedWord.decode(name).asReadableLine
        return MailAddress(name: name.isEmpty ? nil : name, local: local.asReadableLine, domain: domain.asReadableLine)
    }

    private mutating func atom() -> String {
        let atom = text[index...].prefix { !"()<>[]:;@\\,\"".unicodeScalars.contains($0) && !$0.properties.isWhitespace }
        index = atom.endIndex
        return String(String.UnicodeScalarView(atom))
    }

    private mutating func quotedString() -> String {
        var content = String.UnicodeScalarView()
        index += 1
        while let scalar = current {
            index += 1
            if scalar == "\"" { return String(content) }
            if scalar == "\\", let escaped = current {
                content.append(escaped)
                index += 1
            } else {
                content.append(scalar)
            }
        }
        isExact = false
        return String(content)
    }

    private mutating func comment() -> String {
        var content = String.UnicodeScalarView()
        var depth = 0
        while let scalar = current {
            index += 1
            switch scalar {
            case "(":
                depth += 1
                if depth > 1 { content.append(scalar) }
            case ")":
                depth -= 1
                if depth == 0 { return String(content) }
                content.append(scalar)
            case "\\":
                if let escaped = current {
                    content.append(escaped)
                    index += 1
                }
            default: content.append(scalar)
            }
        }
        isExact = false
        return String(content)
    }

    private mutating func skipSpace() {
        while let scalar = current {
            if scalar == "(" {
                _ = comment()
                isExact = false
            } else if scalar.properties.isWhitespace {
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func skipWhiteSpace() {
        while let scalar = current, scalar.properties.isWhitespace { index += 1 }
    }

    private mutating func domainName() -> String {
        skipSpace()
        if current == "[" {
            let literal = text[index...].prefix { $0 != "]" }
            index = min(literal.endIndex + 1, text.count)
            return String(String.UnicodeScalarView(literal)) + "]"
        }
        var name = atom()
        skipWhiteSpace()
        // The obsolete form has white space around the dots.
        while name.hasSuffix(".") || current == "." {
            let more = atom()
            if more.isEmpty { break }
            name += more
            isExact = false
            skipWhiteSpace()
        }
        return name
    }

    private mutating func angleAddress() -> (local: String, domain: String)? {
        index += 1
        skipSpace()
        if current == "@" {
            // An obsolete route: `<@relay,@relay:local@domain>`.
            isExact = false
            while let scalar = current, scalar != ":", scalar != ">" { index += 1 }
            if current == ":" { index += 1 }
        }
        var local = ""
        var parts = 0
        lastLocalWasQuoted = false
        while let scalar = current, scalar != "@", scalar != ">" {
            if scalar == "\"" {
                local += quotedString()
                lastLocalWasQuoted = true
                parts += 1
            } else if scalar.properties.isWhitespace || scalar == "(" {
                skipSpace()
            } else {
                let atom = atom()
                if atom.isEmpty {
                    isExact = false
                    index += 1
                } else {
                    local += atom
                    parts += 1
                }
            }
        }
        if parts != 1 { isExact = false }
        guard current == "@" else { return nil }
        index += 1
        let domain = domainName()
        skipSpace()
        if current == ">" { index += 1 } else { isExact = false }
        return (local, domain)
    }

    private mutating func skipToSeparator() {
        while let scalar = current {
            if scalar == "," || scalar == ";" {
                if scalar == ";" { isExact = false }
                index += 1
                return
            }
            if scalar == "(" {
                _ = comment()
                continue
            }
            if scalar == "\"" {
                isExact = false
                _ = quotedString()
                continue
            }
            if !scalar.properties.isWhitespace { isExact = false }
            index += 1
        }
    }
}
