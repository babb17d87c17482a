import MCPCore

/// Documents that are JSON, with what they say, and documents that are not, with why. Bytes that are no text are written as bytes.
enum JSONDocuments {
    struct Valid: Sendable, CustomStringConvertible {
        var bytes: [UInt8]
        var value: JSONValue
        var description: String { String(decoding: bytes, as: UTF8.self) }
        init(_ text: String, _ value: JSONValue) { (bytes, self.value) = (Array(text.utf8), value) }
    }

    struct Invalid: Sendable, CustomStringConvertible {
        var bytes: [UInt8]
        var kind: JSONParsingError.Kind
        var offset: Int
        var description: String { "\(String(decoding: bytes, as: UTF8.self)) \(kind) at \(offset)" }
        init(_ text: String, _ kind: JSONParsingError.Kind, _ offset: Int) {
            (bytes, self.kind, self.offset) = (Array(text.utf8), kind, offset)
        }
        init(bytes: [UInt8], _ kind: JSONParsingError.Kind, _ offset: Int) {
            (self.bytes, self.kind, self.offset) = (bytes, kind, offset)
        }
    }

    static let structures: [Valid] = [
        Valid("null", nil), Valid("true", true), Valid("false", false),
        Valid("[]", []), Valid("{}", [:]), Valid("[ ]", []), Valid("{ }", [:]),
        Valid(" \t\r\n[\t1\r,\n2 ]\n", [1, 2]),
        Valid(String(repeating: " ", count: 37) + "1" + String(repeating: " ", count: 19), 1),
        Valid("[null]", [nil]), Valid("[[]]", [[]]), Valid("[{}]", [[:]]), Valid("[[],[[]],{}]", [[], [[]], [:]]),
        Valid("[true,false,null]", [true, false, nil]),
        Valid(#"{"a":1}"#, ["a": 1]), Valid(#"{"a":1,"b":2}"#, ["a": 1, "b": 2]),
        Valid(#"{"":0}"#, ["": 0]), Valid(#"{"a":{"a":{"a":[]}}}"#, ["a": ["a": ["a": []]]]),
        Valid(#"{ "a" : [ 1 , { "b" : null } ] , "c" : "d" }"#, ["a": [1, ["b": nil]], "c": "d"]),
        Valid(#"{"a":1,"A":2}"#, ["a": 1, "A": 2]),
        Valid(#"{"aaaaaaaa":1,"aaaaaaab":2,"aaaaaaaaa":3}"#, ["aaaaaaaa": 1, "aaaaaaab": 2, "aaaaaaaaa": 3]),
        Valid(#"{"a\u0000":1,"a":2}"#, ["a\0": 1, "a": 2]),
        Valid("{\"\u{e9}\":1,\"e\u{301}\":2}", ["\u{e9}": 1, "e\u{301}": 2]),
        Valid(#"[{"a":1},{"a":1}]"#, [["a": 1], ["a": 1]]),
        Valid(#"{"a":{"b":1},"b":{"a":1}}"#, ["a": ["b": 1], "b": ["a": 1]]),
    ]

    static let strings: [Valid] = [
        Valid(#""""#, ""), Valid(#"" ""#, " "), Valid(#""a""#, "a"), Valid(#""1234567""#, "1234567"), Valid(#""12345678""#, "12345678"),
        Valid(#""123456789""#, "123456789"), Valid(#""123456789012345""#, "123456789012345"),
        Valid(#""1234567890123456""#, "1234567890123456"),
        Valid(#""\"""#, "\""), Valid(#""\\""#, "\\"), Valid(#""\/""#, "/"), Valid(#""/""#, "/"),
        Valid(#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"), Valid(#""\u0000""#, "\0"), Valid(#""\u0041\u0061""#, "Aa"),
        Valid(#""\u00e9\u00E9""#, "\u{e9}\u{e9}"), Valid(#""e\u0301""#, "e\u{301}"), Valid(#""\u2028\u2029""#, "\u{2028}\u{2029}"),
        Valid(#""\ud83d\ude00""#, "\u{1F600}"), Valid(#""\uD800\uDC00""#, "\u{10000}"), Valid(#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        Valid(#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"),
        Valid(#""\uFFFF\ufdd0""#, .string(String(decoding: [0xFFFF, 0xFDD0] as [UInt16], as: UTF16.self))), Valid(#""\uFEFF""#, "\u{feff}"),
        Valid(#""\\u0041""#, "\\u0041"), Valid(#""\\\"""#, "\\\""), Valid(#""abcdefg\nh""#, "abcdefg\nh"),
        Valid(#""\nabcdefghijklmnop""#, "\nabcdefghijklmnop"),
        Valid("\"\u{7f}\"", "\u{7f}"), Valid("\"\u{80}\"", "\u{80}"), Valid("\"\u{7ff}\u{800}\"", "\u{7ff}\u{800}"),
        Valid("\"\u{d7ff}\u{e000}\u{ffff}\"", "\u{d7ff}\u{e000}\u{ffff}"), Valid("\"\u{10000}\u{10ffff}\"", "\u{10000}\u{10ffff}"),
        Valid("\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"), Valid("\"\u{feff}\"", "\u{feff}"),
        Valid("\"déjà vu – 漢字 😀 \\u00e9\"", "déjà vu – 漢字 😀 \u{e9}"), Valid("\"e\u{301}\"", "e\u{301}"),
        Valid("\"[]{}:,'\"", "[]{}:,'"), Valid(#""// no comment""#, "// no comment"),
        Valid(#""data:text/plain;base64,AA==""#, "data:text/plain;base64,AA=="),
        Valid(
            "[\"\(String(repeating: "x", count: 1000))\",\"\(String(repeating: "é", count: 333))\"]",
            [.string(String(repeating: "x", count: 1000)), .string(String(repeating: "é", count: 333))]),
    ]

    static let invalidStructures: [Invalid] = [
        Invalid("", .unexpectedEnd, 0), Invalid(" ", .unexpectedEnd, 1), Invalid("\n\n", .unexpectedEnd, 2),
        Invalid("[", .unexpectedEnd, 1), Invalid("[1", .unexpectedEnd, 2), Invalid("[1,", .unexpectedEnd, 3),
        Invalid("{", .unexpectedEnd, 1), Invalid(#"{"a"#, .unexpectedEnd, 3), Invalid(#"{"a""#, .unexpectedEnd, 4),
        Invalid(#"{"a":"#, .unexpectedEnd, 5), Invalid(#"{"a":1"#, .unexpectedEnd, 6), Invalid(#"{"a":1,"#, .unexpectedEnd, 7),
        Invalid("]", .unexpectedByte, 0), Invalid("}", .unexpectedByte, 0), Invalid(",", .unexpectedByte, 0),
        Invalid(":", .unexpectedByte, 0),
        Invalid("[1,]", .unexpectedByte, 3), Invalid("[,1]", .unexpectedByte, 1), Invalid("[1,,2]", .unexpectedByte, 3),
        Invalid("[1 2]", .unexpectedByte, 3), Invalid("[1}", .unexpectedByte, 2), Invalid(#"{"a":1]"#, .unexpectedByte, 6),
        Invalid(#"{"a":1,}"#, .unexpectedByte, 7), Invalid(#"{,"a":1}"#, .unexpectedByte, 1), Invalid(#"{"a" 1}"#, .unexpectedByte, 5),
        Invalid(#"{"a":}"#, .unexpectedByte, 5), Invalid(#"{"a"}"#, .unexpectedByte, 4), Invalid(#"{"a",1}"#, .unexpectedByte, 4),
        Invalid("{1:2}", .unexpectedByte, 1), Invalid("{a:2}", .unexpectedByte, 1), Invalid("{null:2}", .unexpectedByte, 1),
        Invalid("{'a':2}", .unexpectedByte, 1), Invalid(#"{"a":1 "b":2}"#, .unexpectedByte, 7), Invalid(#"{"a"::1}"#, .unexpectedByte, 5),
        Invalid("[1]]", .trailingContent, 3), Invalid("1 2", .trailingContent, 2), Invalid("{}{}", .trailingContent, 2),
        Invalid("null,", .trailingContent, 4), Invalid("\"a\"b", .trailingContent, 3), Invalid("[] // x", .trailingContent, 3),
        Invalid("// x\n1", .unexpectedByte, 0), Invalid("/* x */1", .unexpectedByte, 0), Invalid("[1/**/]", .unexpectedByte, 2),
        Invalid("tru", .unexpectedEnd, 3), Invalid("trub", .unexpectedByte, 3), Invalid("True", .unexpectedByte, 0),
        Invalid("TRUE", .unexpectedByte, 0),
        Invalid("truee", .trailingContent, 4), Invalid("nul", .unexpectedEnd, 3), Invalid("nil", .unexpectedByte, 1),
        Invalid("fals", .unexpectedEnd, 4),
        Invalid("falsy", .unexpectedByte, 4), Invalid("undefined", .unexpectedByte, 0), Invalid("NaN", .unexpectedByte, 0),
        Invalid("Infinity", .unexpectedByte, 0), Invalid("'a'", .unexpectedByte, 0), Invalid("a", .unexpectedByte, 0),
        Invalid("\u{b}1", .unexpectedByte, 0), Invalid("\u{c}1", .unexpectedByte, 0), Invalid("\0", .unexpectedByte, 0),
        Invalid("1\0", .trailingContent, 1), Invalid("\u{a0}1", .unexpectedByte, 0), Invalid("\u{2028}1", .unexpectedByte, 0),
        Invalid("\u{feff}1", .byteOrderMark, 0), Invalid("\u{feff}", .byteOrderMark, 0), Invalid("[\u{feff}1]", .unexpectedByte, 1),
        Invalid(bytes: [0xFF, 0xFE, 0x31, 0x00], .unexpectedByte, 0), Invalid(bytes: [0x00, 0x31], .unexpectedByte, 0),
        Invalid(#"{"a":1,"a":2}"#, .duplicateName, 7), Invalid(#"{"a":1,"b":2,"a":1}"#, .duplicateName, 13),
        Invalid(#"{"":1,"":2}"#, .duplicateName, 6), Invalid(#"{"a":1,"\u0061":2}"#, .duplicateName, 7),
        Invalid(#"{"\n":1,"\u000a":2}"#, .duplicateName, 8), Invalid(#"{"é":1,"\u00e9":2}"#, .duplicateName, 8),
        Invalid(#"[{"x":{"abcdefghij":1,"abcdefghij":2}}]"#, .duplicateName, 22),
        Invalid(#"{"a":{"b":1,"b":2},"a":1}"#, .duplicateName, 12),
    ]

    static let invalidStrings: [Invalid] = [
        Invalid("\"", .unexpectedEnd, 1), Invalid("\"a", .unexpectedEnd, 2), Invalid(#""\""#, .unexpectedEnd, 3),
        Invalid(#""\"#, .unexpectedEnd, 2),
        Invalid("\"a\nb\"", .controlCharacter, 2), Invalid("\"\t\"", .controlCharacter, 1), Invalid("\"\0\"", .controlCharacter, 1),
        Invalid("\"\u{1f}\"", .controlCharacter, 1), Invalid("\"abcdefghijk\u{1}\"", .controlCharacter, 12),
        Invalid("\"\\n\u{1}\"", .controlCharacter, 3),
        Invalid("{\"a\n\":1}", .controlCharacter, 3), Invalid(#""\a""#, .invalidEscape, 2), Invalid(#""\'""#, .invalidEscape, 2),
        Invalid(#""\0""#, .invalidEscape, 2), Invalid(#""\x41""#, .invalidEscape, 2), Invalid(#""\U0041""#, .invalidEscape, 2),
        Invalid("\"\\\n\"", .invalidEscape, 2), Invalid("\"\\é\"", .invalidEscape, 2), Invalid(#""\u""#, .invalidEscape, 3),
        Invalid(#""\u00""#, .invalidEscape, 5), Invalid(#""\u00g0""#, .invalidEscape, 5), Invalid(#""\u 041""#, .invalidEscape, 3),
        Invalid(#""\u+041""#, .invalidEscape, 3), Invalid(#""\u004"#, .unexpectedEnd, 6), Invalid(#""\u{41}""#, .invalidEscape, 3),
        Invalid(#""\ud800""#, .loneSurrogate, 1), Invalid(#""\udc00""#, .loneSurrogate, 1), Invalid(#""x\uD83Dx""#, .loneSurrogate, 2),
        Invalid(#""\ud800\ud800""#, .loneSurrogate, 1), Invalid(#""\ud800\n""#, .loneSurrogate, 1),
        Invalid(#""\ud800\u0041""#, .loneSurrogate, 1),
        Invalid(#""\ude00\ud83d""#, .loneSurrogate, 1), Invalid(#""\ud800\\udc00""#, .loneSurrogate, 1),
        Invalid(#""\udfff""#, .loneSurrogate, 1),
        Invalid(#""\ud83d\u""#, .invalidEscape, 9), Invalid(#""\ud83d"#, .loneSurrogate, 1), Invalid(#"{"\ud800":1}"#, .loneSurrogate, 2),
    ]

    /// Ill-formed UTF-8, each inside a string.
    static let illFormed: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC3, 0x28], [0xC2, 0xC2],
        [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xE2, 0x82],
        [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
        [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x28, 0x8C, 0xBC], [0xF0, 0x90, 0x28, 0xBC],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
        [0xFE], [0xFF], [0xE9],
    ]
}
