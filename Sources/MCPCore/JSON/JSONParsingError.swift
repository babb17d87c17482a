/// Why a document is not accepted as JSON, and where.
public struct JSONParsingError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The document is empty or ends inside a value.
        case unexpectedEnd
        /// A byte that the grammar of RFC 8259 does not allow at this place.
        case unexpectedByte
        /// Something other than white space follows the value.
        case trailingContent
        /// The document starts with a byte order mark, which RFC 8259 section 8.1 forbids to send.
        case byteOrderMark
        /// The bytes are not UTF-8: truncated, overlong, a surrogate, or beyond U+10FFFF.
        case invalidUTF8
        /// A control character stands unescaped in a string (RFC 8259 section 7).
        case controlCharacter
        /// A backslash is followed by what is no escape.
        case invalidEscape
        /// A `\u` escape is one half of a surrogate pair without the other (RFC 7493 section 2.1).
        case loneSurrogate
        /// A number that the grammar of RFC 8259 section 6 does not allow, such as `01`, `1.` or `+1`.
        case invalidNumber
        /// An object has two members of one name (RFC 7493 section 2.3).
        case duplicateName
        /// More containers inside one another than `JSONLimits.maximumDepth`.
        case tooDeep
        /// More bytes than `JSONLimits.maximumBytes`.
        case tooLarge
    }

    public let kind: Kind

    /// Where the problem is, in bytes from the start of the document.
    public let offset: Int

    /// The line of `offset`, from 1; lines end with LF.
    public let line: Int

    /// The column of `offset`, from 1, in Unicode scalars.
    public let column: Int

    /// What is wrong and what was expected instead.
    public let message: String

    /// The message with line, column and offset.
    public var description: String { "\(message), at line \(line), column \(column) (byte \(offset))" }
}

/// What the parser notes of a failure; the text is only made when the failure leaves it.
struct JSONParsingFailure: Error {
    enum Reason: UInt8 {
        case value, name, nameOrEnd, colon, commaOrBrace, commaOrBracket, valueOrBracket
        case literalTrue, literalFalse, literalNull
        case digit, leadingZero, fractionDigit, exponentDigit
        case closingQuote, control, escape, hexDigits, lowSurrogate, highSurrogate, utf8
        case trailing, byteOrderMark, duplicate, depth, size
    }

    var reason: Reason
    var offset: Int
}

extension JSONParsingError {
    init(_ failure: JSONParsingFailure, in bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        let offset = failure.offset
        var line = 1
        var column = 1
        // A document over the size limit is not looked at.
        for byte in failure.reason == .size ? bytes.prefix(0) : bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        let (kind, message) = Self.explain(failure, in: bytes, limits: limits)
        self.init(kind: kind, offset: offset, line: line, column: column, message: message)
    }

    private static func explain(
        _ failure: JSONParsingFailure, in bytes: UnsafeRawBufferPointer, limits: JSONLimits
    ) -> (Kind, String) {
        switch failure.reason {
        case .value: unexpected("a value", failure, bytes)
        case .name: unexpected("a member name in double quotes (a comma may not end an object)", failure, bytes)
        case .nameOrEnd: unexpected("a member name in double quotes or \"}\"", failure, bytes)
        case .colon: unexpected("\":\" after a member name", failure, bytes)
        case .commaOrBrace: unexpected("\",\" or \"}\" after a member", failure, bytes)
        case .commaOrBracket: unexpected("\",\" or \"]\" after an element", failure, bytes)
        case .valueOrBracket: unexpected("a value or \"]\"", failure, bytes)
        case .literalTrue: unexpected("the literal true", failure, bytes)
        case .literalFalse: unexpected("the literal false", failure, bytes)
        case .literalNull: unexpected("the literal null", failure, bytes)
        case .digit: unexpected("a digit after the minus sign", failure, bytes, .invalidNumber)
        case .fractionDigit: unexpected("a digit after the decimal point", failure, bytes, .invalidNumber)
        case .exponentDigit: unexpected("a digit in the exponent", failure, bytes, .invalidNumber)
        case .leadingZero: (.invalidNumber, "a number does not start with a superfluous 0: leave it out")
        case .closingQuote: unexpected("a double quote to end the string", failure, bytes)
        case .control:
            (
                .controlCharacter,
                "control character \(found(failure.offset, bytes)) in a string: write it as an escape such as \\n or \\u0000"
            )
        case .escape: unexpected("one of \" \\ / b f n r t u after a backslash", failure, bytes, .invalidEscape)
        case .hexDigits: unexpected("four hexadecimal digits after \\u", failure, bytes, .invalidEscape)
        case .lowSurrogate: (.loneSurrogate, "a high surrogate escape is not followed by a low one (\\udc00 to \\udfff)")
        case .highSurrogate: (.loneSurrogate, "a low surrogate escape does not follow a high one (\\ud800 to \\udbff)")
        case .utf8: (.invalidUTF8, "\(found(failure.offset, bytes)) is not valid UTF-8 here: send the text as UTF-8")
        case .trailing: (.trailingContent, "expected the end of the document after the value but found \(found(failure.offset, bytes))")
        case .byteOrderMark: (.byteOrderMark, "the document starts with a byte order mark: send it without one")
        case .duplicate: (.duplicateName, "the object has two members named \(name(at: failure.offset, bytes)): names must be unique")
        case .depth: (.tooDeep, "more than \(limits.maximumDepth) arrays and objects stand inside one another")
        case .size: (.tooLarge, "the document has \(bytes.count) bytes, more than the limit of \(limits.maximumBytes)")
        }
    }

    private static func unexpected(
        _ expected: String, _ failure: JSONParsingFailure, _ bytes: UnsafeRawBufferPointer, _ kind: Kind = .unexpectedByte
    ) -> (Kind, String) {
        (failure.offset < bytes.count ? kind : .unexpectedEnd, "expected \(expected) but found \(found(failure.offset, bytes))")
    }

    private static func found(_ offset: Int, _ bytes: UnsafeRawBufferPointer) -> String {
        guard offset < bytes.count else { return "the end of the document" }
        let byte = bytes[offset]
        if byte > 0x20, byte < 0x7F { return "\"\(Character(UnicodeScalar(byte)))\"" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (digits.utf8.count == 1 ? "0" + digits : digits)
    }

    /// The name whose opening quote stands at `offset`, as it is written, cut where it is long.
    private static func name(at offset: Int, _ bytes: UnsafeRawBufferPointer) -> String {
        var end = offset + 1
        while end < bytes.count, bytes[end] != 0x22 { end += bytes[end] == 0x5C ? 2 : 1 }
        let name = bytes[(offset + 1)..<min(end, bytes.count)]
        return "\"\(String(decoding: name.prefix(100), as: UTF8.self))\"" + (name.count > 100 ? "…" : "")
    }
}
