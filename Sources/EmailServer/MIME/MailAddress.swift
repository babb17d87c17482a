/// A mailbox of RFC 5322 section 3.4: who, and where.
public struct MailAddress: Sendable, Hashable {
    /// The display name, decoded; `nil` where there is none.
    public var name: String?
    /// The part before the `@`, without quotes.
    public var local: String
    /// The part after the `@`, as written.
    public var domain: String

    public init(name: String? = nil, local: String, domain: String) {
        self.name = name
        self.local = local
        self.domain = domain
    }

    /// The address alone, for example `billing@acme.example`; the local part quoted where it has to be.
    public var address: String { "\(Self.isDotAtom(local) ? local : Self.quoted(local))@\(domain)" }

    /// For people: `Acme Billing <billing@acme.example>`.
    public var text: String {
        if let name, !name.isEmpty { "\(name) <\(address)>" } else { address }
    }

    /// For a header field: the name as a phrase, a quoted string or encoded words, then the address in angle brackets.
    var headerTokens: [String] {
        guard let name, !name.isEmpty else { return [address] }
        let angle = "<\(address)>"
        let words = name.split(separator: " ", omittingEmptySubsequences: false)
        if words.allSatisfy({ !$0.isEmpty && $0.utf8.count < 70 && $0.utf8.allSatisfy(Self.isAtomText) }) && !name.contains("=?") {
            return words.map(String.init) + [angle]
        }
        if name.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) && name.utf8.count <= 60 && !name.contains("=?") {
            return [Self.quoted(name), angle]
        }
        return EncodedWord.encode(name) + [angle]
    }

    static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    static func isDotAtom(_ text: String) -> Bool {
        let atoms = text.split(separator: ".", omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isAtomText) }
    }

    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension MailAddress {
    /// Takes an address that someone wants to write to: `alice@example.com` or `Alice Martin <alice@example.com>`.
    /// - Throws: `MailInputError` that names what is wrong with it.
    public init(validating text: String) throws(MailInputError) {
        func refuse(_ reason: String) -> MailInputError { .address(text.asReadableLine, reason: reason) }
        guard !text.trimmed.isEmpty else { throw refuse("it is empty") }
        guard text.utf8.count <= 1000 else { throw refuse("it is longer than 1000 bytes") }
        guard !text.unicodeScalars.contains(where: \.isControl) else {
            throw refuse("it contains a line break or another control character")
        }
        var parser = AddressParser(text)
        let list = parser.list()
        guard list.count == 1, parser.isExact, let parsed = list.first else {
            throw refuse("expected exactly one address, such as alice@example.com or Alice Martin <alice@example.com>")
        }
        self = parsed
        guard local.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw refuse("the part before the @ has characters outside US-ASCII, which this mailbox cannot send to")
        }
        guard (1...64).contains(local.utf8.count) else { throw refuse("the part before the @ must have 1 to 64 characters") }
        guard parser.lastLocalWasQuoted || Self.isDotAtom(local) else {
            throw refuse("the part before the @ has a character or a dot that is not allowed there")
        }
        guard domain.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw refuse("write the domain in its ASCII form (xn--…), names outside US-ASCII are not converted")
        }
        guard !domain.hasPrefix("[") else { throw refuse("write a domain name instead of an IP address") }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        let isLabel = { (label: Substring) in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { Self.isAtomText($0) && ("-".utf8.contains($0) || Self.isAlphanumeric($0)) }
        }
        guard domain.utf8.count <= 253, labels.allSatisfy(isLabel) else {
            throw refuse("the part after the @ is not a domain name such as example.com")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
