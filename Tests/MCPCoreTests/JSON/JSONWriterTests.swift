import MCPCore
import Testing

@Suite struct JSONWriterTests {
    @Test(
        arguments: [
            (nil, "null"), (true, "true"), (false, "false"), (0, "0"), (-1, "-1"), (42, "42"), ("", #""""#), ([], "[]"), ([:], "{}"),
            ([1, [], [:], nil], "[1,[],{},null]"), (["b": 1, "a": [true]], #"{"b":1,"a":[true]}"#), (["": ""], #"{"":""}"#),
            (.integer(.max), "9223372036854775807"), (.integer(.min), "-9223372036854775808"),
            (.integer(1_000_000_000_000_000_000), "1000000000000000000"), (.integer(-99), "-99"),
            (1.0, "1.0"), (-0.0, "-0.0"), (0.1, "0.1"), (1.5e300, "1.5e+300"), (.double(.leastNonzeroMagnitude), "5e-324"),
            (1e15, "1000000000000000.0"), (-2.5, "-2.5"),
            (.double(0x1p53), "9007199254740992.0"), (1e20, "1e+20"), (0.30000000000000004, "0.30000000000000004"),
        ] as [(JSONValue, String)])
    func writes(value: JSONValue, text: String) {
        #expect(value.serializedString == text)
        #expect(value.serialized() == Array(text.utf8))
    }

    @Test func everyIntegerLengthIsWritten() {
        var number: Int64 = 1
        for _ in 0..<19 {
            for near in [number - 1, number, number + 1] {
                #expect(JSONValue.integer(near).serializedString == near.description)
                #expect(JSONValue.integer(-near).serializedString == (-near).description)
            }
            number = number.multipliedReportingOverflow(by: 10).partialValue
        }
    }

    @Test func nonFiniteNumbersAreNull() {
        #expect(JSONValue.array([.double(.nan), .double(.infinity), .double(-.infinity)]).serializedString == "[null,null,null]")
        #expect(JSONValue.array([.double(.nan)]).canonicalBytes == Array("[null]".utf8))
        var writer = JSONWriter()
        writer.write(Double.nan)
        #expect(writer.buffer == Array("null".utf8))
    }

    // MARK: Strings

    @Test func onlyWhatMustBeIsEscaped() {
        var expected = "\""
        var string = ""
        for number in UInt8.min...0x7F {
            let scalar = UnicodeScalar(number)
            string.unicodeScalars.append(scalar)
            switch number {
            case 0x08: expected += "\\b"
            case 0x09: expected += "\\t"
            case 0x0A: expected += "\\n"
            case 0x0C: expected += "\\f"
            case 0x0D: expected += "\\r"
            case 0x00..<0x10: expected += "\\u000" + String(number, radix: 16)
            case 0x10..<0x20: expected += "\\u00" + String(number, radix: 16)
            case 0x22: expected += "\\\""
            case 0x5C: expected += "\\\\"
            default: expected.unicodeScalars.append(scalar)
            }
        }
        string += "é\u{2028}\u{2029}漢😀"
        expected += "é\u{2028}\u{2029}漢😀\""
        #expect(JSONValue.string(string).serialized() == Array(expected.utf8))
    }

    /// Strings are written by words of eight bytes: an escape is found at every place of a string of every length.
    @Test func escapesAreFoundAtEveryPlace() throws {
        for length in 1...40 {
            for place in 0..<length {
                for (special, escape) in [("\"", "\\\""), ("\u{1f}", "\\u001f"), ("\\", "\\\\")] {
                    let before = String(repeating: "é", count: place / 2) + String(repeating: "a", count: place % 2)
                    let after = String(repeating: "z", count: length - place - 1)
                    #expect(JSONValue.string(before + special + after).serializedString == "\"\(before)\(escape)\(after)\"")
                }
            }
            let plain = String(repeating: "\u{7f}~ !#[]", count: 6).prefix(length)
            #expect(JSONValue.string(String(plain)).serializedString == "\"\(plain)\"")
        }
    }

    @Test func longTextsGrowTheOutput() throws {
        let plain = String(repeating: "abcdefg ", count: 20_000)
        let escaped = String(repeating: "\u{1}\"", count: 20_000)
        let value: JSONValue = ["plain": .string(plain), "escaped": .string(escaped), "last": 1]
        let bytes = value.serialized()
        #expect(bytes.count == #"{"plain":"","escaped":"","last":1}"#.utf8.count + 160_000 + 160_000)
        #expect(try JSONValue(parsing: bytes) == value)
    }

    // MARK: Options

    @Test func pretty() {
        let value: JSONValue = ["b": [1, ["x": nil], []], "a": [:], "c": "d"]
        #expect(
            String(decoding: value.serialized(.pretty), as: UTF8.self) == """
                {
                  "b": [
                    1,
                    {
                      "x": null
                    },
                    []
                  ],
                  "a": {},
                  "c": "d"
                }
                """)
    }

    @Test func sortedKeys() {
        let value: JSONValue = ["b": 1, "a": ["d": 1.0, "c": 2], "aa": 3, "A": 4, "": 5]
        #expect(String(decoding: value.serialized(.sortedKeys), as: UTF8.self) == #"{"":5,"A":4,"a":{"c":2,"d":1.0},"aa":3,"b":1}"#)
        #expect(value.serializedString == #"{"b":1,"a":{"d":1.0,"c":2},"aa":3,"A":4,"":5}"#)
    }

    /// RFC 8785 section 3.2.3: U+1F600 is D83D DE00 in UTF-16 and stands before U+FB33, although its scalar is greater.
    @Test func canonicalOrderIsThatOfUTF16() {
        let value: JSONValue = ["\u{fb33}": 7, "\u{20ac}": 1, "\r": 2, "1": 3, "\u{1f600}": 4, "\u{80}": 5, "\u{f6}": 6]
        let names = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]
        let numbers = [2, 3, 5, 6, 1, 4, 7]
        let expected = zip(names, numbers).map { "\"\($0)\":\($1)" }.joined(separator: ",")
        #expect(value.canonicalBytes == Array("{\(expected)}".utf8))
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("0.0", "0"), ("1", "1"), ("1.0", "1"), ("10e-1", "1"), ("-1.50", "-1.5"), ("1e2", "100"),
        ("1e20", "100000000000000000000"), ("1e21", "1e+21"), ("123456789012345678901", "123456789012345678901"),
        ("1234567890123456789012", "1.234567890123456789012e+21"), ("0.000001", "0.000001"), ("0.0000001", "1e-7"), ("1.25e-7", "1.25e-7"),
        ("333333333.33333329", "333333333.33333329"), ("4.50", "4.5"), ("2e-3", "0.002"), ("0.000000000000000000000000001", "1e-27"),
        ("9007199254740993", "9007199254740993"), ("9007199254740993.0", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("1e400", "1e+400"), ("10E399", "1e+400"), ("-1.5e-400", "-1.5e-400"), ("5e-324", "5e-324"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("1e99999999999999999999", "1e99999999999999999999"), ("1e99999999999998", "1e99999999999998"), ("12.5", "12.5"),
        ("9223372036854775807", "9223372036854775807"),
    ])
    func canonicalNumbers(literal: String, canonical: String) throws {
        let value = try JSONValue(parsing: literal)
        #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == canonical)
    }

    // MARK: Piece by piece

    @Test func streaming() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("a")
        writer.beginArray()
        writer.write(1)
        writer.write(Int64(-2))
        writer.write(0.5)
        writer.write("x\n")
        writer.write(true)
        writer.writeNull()
        writer.write([1, ["k": []]] as JSONValue)
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.name("b\"")
        writer.write(["z": 1, "y": 2] as JSONObject)
        writer.name("c")
        writer.write(serialized: Array(#"{"raw":[]}"#.utf8))
        writer.endObject()
        let text = #"{"a":[1,-2,0.5,"x\n",true,null,[1,{"k":[]}],{},[]],"b\"":{"z":1,"y":2},"c":{"raw":[]}}"#
        #expect(String(decoding: writer.buffer, as: UTF8.self) == text)
    }

    @Test func valuesAtTheTopLevelAreNotSeparated() {
        var writer = JSONWriter(buffer: Array("data: ".utf8))
        writer.write([1] as JSONValue)
        writer.buffer.append(0x0A)
        writer.beginObject()
        writer.endObject()
        writer.buffer.append(0x0A)
        JSONValue.string("x").write(to: &writer)
        #expect(String(decoding: writer.buffer, as: UTF8.self) == "data: [1]\n{}\n\"x\"")
        writer.buffer.removeAll(keepingCapacity: true)
        writer.write(2)
        #expect(writer.buffer == [0x32])
    }

    @Test func prettyPieceByPiece() {
        var writer = JSONWriter(options: [.pretty, .sortedKeys])
        writer.beginObject()
        writer.name("first")
        writer.write(["b": 1, "a": 2] as JSONValue)
        writer.name("second")
        writer.beginArray()
        writer.write(1)
        writer.endArray()
        writer.endObject()
        #expect(
            String(decoding: writer.buffer, as: UTF8.self) == """
                {
                  "first": {
                    "a": 2,
                    "b": 1
                  },
                  "second": [
                    1
                  ]
                }
                """)
    }
}
