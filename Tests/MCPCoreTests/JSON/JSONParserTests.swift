import MCPCore
import Testing

/// Why `bytes` are refused; `nil` where they are accepted.
func refusal(_ bytes: [UInt8], limits: JSONLimits = .default) -> JSONParsingError? {
    do throws(JSONParsingError) {
        _ = try JSONValue(parsing: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

@Suite struct JSONParserTests {
    @Test(arguments: JSONDocuments.structures + JSONDocuments.strings)
    func accepts(document: JSONDocuments.Valid) throws {
        #expect(try JSONValue(parsing: document.bytes) == document.value)
        let spaced = Array("\n [ ".utf8) + document.bytes + Array(" ,\t0 ]\r\n".utf8)
        #expect(try JSONValue(parsing: spaced) == [document.value, 0])
        #expect(try JSONValue(parsing: document.value.serialized()) == document.value)
    }

    @Test(arguments: JSONDocuments.invalidStructures + JSONDocuments.invalidStrings)
    func refuses(document: JSONDocuments.Invalid) throws {
        let error = try #require(refusal(document.bytes))
        #expect(error.kind == document.kind)
        #expect(error.offset == document.offset, "\(error)")
    }

    /// A document cut anywhere is never taken for a whole one, and never read beyond its end.
    @Test(arguments: JSONDocuments.structures + JSONDocuments.strings)
    func refusesWhatIsCut(document: JSONDocuments.Valid) {
        let bytes = [UInt8(ascii: "[")] + document.bytes + [UInt8(ascii: "]")]
        for count in 0..<bytes.count where bytes[count...].contains(where: { $0 > 0x20 }) {
            let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
            defer { exact.deallocate() }
            exact.copyBytes(from: bytes.prefix(count))
            #expect(throws: JSONParsingError.self) { try JSONValue(parsing: UnsafeRawBufferPointer(exact)) }
        }
    }

    @Test(arguments: JSONDocuments.illFormed)
    func refusesIllFormedUTF8(bytes: [UInt8]) {
        for (before, after) in [
            ("", ""), ("abc", "d"), ("abcdefgh", "abcdefgh"), ("é", "é"), ("\\n", "\\n"), ("\\u00e9", "\\u00e9"), ("", "😀"),
        ] {
            let document = Array("[\"".utf8) + Array(before.utf8) + bytes + Array(after.utf8) + Array("\"]".utf8)
            let error = refusal(document)
            #expect(error?.kind == .invalidUTF8)
            // Bytes that are well-formed by themselves may stand first, as in C3 A9 before A0.
            #expect((error?.offset).map { $0 >= 2 + before.utf8.count && $0 <= 2 + before.utf8.count + bytes.count } == true)
        }
        #expect(refusal(Array("{\"".utf8) + bytes + Array("\":1}".utf8))?.kind == .invalidUTF8)
        #expect(refusal(bytes) != nil)
    }

    @Test func everyScalarIsReadRawAndEscaped() throws {
        for number in stride(from: UInt32(0), through: 0x10FFFF, by: 0x2F) {
            guard let scalar = UnicodeScalar(number) else { continue }
            let string = String(Character(scalar))
            let escaped = string.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
            #expect(try JSONValue(parsing: "\"\(escaped.joined())\"") == .string(string))
            if number >= 0x20, scalar != "\"", scalar != "\\" {
                #expect(try JSONValue(parsing: "\"\(string)\"") == .string(string))
            }
            #expect(try JSONValue(parsing: JSONValue.string(string).serialized()) == .string(string))
        }
    }

    @Test func everyByteIsClassifiedAtEveryPlaceInAWord() {
        for place in 0..<24 {
            for byte in UInt8.min...0x7F {
                let text = (0..<24).map { $0 == place ? byte : UInt8(ascii: "a") + UInt8($0 % 8) }
                let error = refusal([0x22] + text + [0x22])
                switch byte {
                case 0x00..<0x20: #expect(error?.kind == .controlCharacter && error?.offset == place + 1)
                case 0x22: #expect(error?.kind == .trailingContent || place == 23)
                case 0x5C: #expect(error != nil || [0x62, 0x66, 0x22].contains(place < 23 ? text[place + 1] : 0x22))
                default: #expect(error == nil)
                }
            }
        }
    }

    @Test func stringsAreNotReinterpreted() throws {
        let decomposed = try #require(try JSONValue(parsing: "\"e\u{301}\"").string)
        #expect(Array(decomposed.utf8) == [0x65, 0xCC, 0x81])
        let crlf = try #require(try JSONValue(parsing: #""a\r\nb""#).string)
        #expect(Array(crlf.utf8) == [0x61, 0x0D, 0x0A, 0x62])
    }

    // MARK: Places and messages

    @Test func errorSaysWhereAndWhatWasExpected() throws {
        let error = try #require(refusal(Array("{\n  \"é\": 1,\n  \"ü\": tru\n}".utf8)))
        #expect(error.line == 3)
        #expect(error.column == 11)
        #expect(error.offset == 24)
        #expect(error.message == "expected the literal true but found byte 0x0A")
        #expect(error.description == "expected the literal true but found byte 0x0A, at line 3, column 11 (byte 24)")
    }

    @Test(arguments: [
        (#"{"a":1"#, #"expected "," or "}" after a member but found the end of the document"#),
        (#"[1 x"#, #"expected "," or "]" after an element but found "x""#),
        (#"{"abc":1,"abc":2}"#, #"the object has two members named "abc": names must be unique"#),
        (#"[1,]"#, #"expected a value but found "]""#),
        (#"{"a" 1}"#, #"expected ":" after a member name but found "1""#),
        ("\"\u{1}\"", #"control character byte 0x01 in a string: write it as an escape such as \n or \u0000"#),
        ("[01]", "a number does not start with a superfluous 0: leave it out"),
    ])
    func message(document: String, message: String) {
        #expect(refusal(Array(document.utf8))?.message == message)
    }

    // MARK: Limits

    @Test func depthIsLimited() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> [UInt8] {
                Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
            }
            #expect(refusal(nested(128)) == nil)
            #expect(refusal(nested(129))?.kind == .tooDeep)
            #expect(refusal(nested(129))?.offset == 128 * open.utf8.count)
            #expect(refusal(nested(JSONLimits.greatestDepth), limits: JSONLimits(maximumDepth: .max)) == nil)
            #expect(refusal(nested(JSONLimits.greatestDepth + 1), limits: JSONLimits(maximumDepth: .max))?.kind == .tooDeep)
            #expect(refusal(nested(1), limits: JSONLimits(maximumDepth: 1)) == nil)
            #expect(refusal(nested(1), limits: JSONLimits(maximumDepth: 0))?.kind == .tooDeep)
            #expect(refusal(nested(0), limits: JSONLimits(maximumDepth: 0)) == nil)
        }
        #expect(refusal(Array("[]".utf8), limits: JSONLimits(maximumDepth: 0))?.kind == .tooDeep)
        #expect(refusal(Array(String(repeating: "[", count: 1_000_000).utf8))?.kind == .tooDeep)
        // Containers that have ended do not count.
        #expect(refusal(Array(("[" + String(repeating: "[[]],", count: 1000) + "1]").utf8), limits: JSONLimits(maximumDepth: 3)) == nil)
    }

    @Test func theGreatestDepthIsWrittenAndCompared() throws {
        let depth = JSONLimits.greatestDepth
        let text = String(repeating: "{\"a\":[", count: depth / 2) + "1" + String(repeating: "]}", count: depth / 2)
        let limits = JSONLimits(maximumDepth: depth)
        let value = try JSONValue(parsing: text, limits: limits)
        #expect(value.serializedString == text)
        #expect(value.canonicalBytes == Array(text.utf8))
        #expect(try JSONValue(parsing: value.serialized(.pretty), limits: limits) == value)
        #expect(try JSONValue(parsing: text, limits: limits).hashValue == value.hashValue)
    }

    @Test func sizeIsLimited() {
        let limits = JSONLimits(maximumBytes: 4)
        #expect(refusal(Array("1234".utf8), limits: limits) == nil)
        #expect(refusal(Array("12345".utf8), limits: limits)?.kind == .tooLarge)
        #expect(refusal(Array("1    ".utf8), limits: limits)?.message == "the document has 5 bytes, more than the limit of 4")
    }

    // MARK: Entry points

    @Test func readsEveryKindOfBytes() throws {
        let text = #"{"a":[1,"é"]}"#
        let value: JSONValue = ["a": [1, "é"]]
        let bytes = Array(text.utf8)
        #expect(try JSONValue(parsing: text) == value)
        #expect(try JSONValue(parsing: Substring("x" + text).dropFirst().utf8) == value)
        #expect(try JSONValue(parsing: ([0] + bytes)[1...]) == value)
        #expect(try JSONValue(parsing: ContiguousArray(bytes)) == value)
        #expect(try JSONValue(parsing: bytes.lazy.map { $0 }) == value)
        #expect(try bytes.withUnsafeBytes { try JSONValue(parsing: $0) } == value)
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: UnsafeRawBufferPointer(start: nil, count: 0)) }
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: bytes.lazy.map { $0 | 1 }) }
    }
}
