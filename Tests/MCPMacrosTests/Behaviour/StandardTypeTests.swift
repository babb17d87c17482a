import MCPMacros
import Testing

@Suite struct SchemasOfStandardTypes {
    @Test(
        arguments: [
            (Bool.self, #"{"type":"boolean"}"#), (String.self, #"{"type":"string"}"#), (Double.self, #"{"type":"number"}"#),
            (Float.self, #"{"type":"number"}"#), (Int.self, #"{"type":"integer"}"#), (Int64.self, #"{"type":"integer"}"#),
            (Int8.self, #"{"type":"integer","minimum":-128,"maximum":127}"#),
            (Int16.self, #"{"type":"integer","minimum":-32768,"maximum":32767}"#),
            (Int32.self, #"{"type":"integer","minimum":-2147483648,"maximum":2147483647}"#),
            (UInt8.self, #"{"type":"integer","minimum":0,"maximum":255}"#),
            (UInt16.self, #"{"type":"integer","minimum":0,"maximum":65535}"#),
            (UInt32.self, #"{"type":"integer","minimum":0,"maximum":4294967295}"#),
            (UInt64.self, #"{"type":"integer","minimum":0}"#), (UInt.self, #"{"type":"integer","minimum":0}"#),
            ([Int].self, #"{"type":"array","items":{"type":"integer"}}"#),
            ([Int?].self, #"{"type":"array","items":{"type":["integer","null"]}}"#),
            ([Level?].self, #"{"type":"array","items":{"anyOf":[{"type":"string","enum":["low","high"]},{"type":"null"}]}}"#),
            ([JSONValue?].self, #"{"type":"array","items":{}}"#),
            (Set<String>.self, #"{"type":"array","items":{"type":"string"},"uniqueItems":true}"#),
            ([String: [Bool]].self, #"{"type":"object","additionalProperties":{"type":"array","items":{"type":"boolean"}}}"#),
            (JSONValue.self, "{}"), (JSONObject.self, #"{"type":"object"}"#),
        ] as [(any SchemaCodable.Type, String)])
    func schema(_ type: any SchemaCodable.Type, _ expected: String) {
        #expect(JSONSchemaBuilder.schema(of: type).serializedString == expected)
    }

    private func check<T: SchemaCodable & Equatable>(_ values: T...) throws {
        let validator = try SchemaValidator(compiling: .object(JSONSchemaBuilder.schema(of: T.self)))
        for value in values {
            #expect(validator.validate(value.json).isEmpty)
            #expect(try T(json: value.json) == value)
            // Through text, as on a wire.
            #expect(try T(json: JSONValue(parsing: value.json.serializedString)) == value)
        }
    }

    @Test func roundTrips() throws {
        try check(true, false)
        try check("", "é\u{0}")
        try check(Int.min, 0, Int.max)
        try check(Int8.min, Int8.max)
        try check(Int16.min, Int16.max)
        try check(Int32.min, Int32.max)
        try check(Int64.min, Int64.max)
        try check(UInt.min, UInt.max)
        try check(UInt8.min, UInt8.max)
        try check(UInt16.min, UInt16.max)
        try check(UInt32.min, UInt32.max)
        try check(UInt64.min, UInt64.max)
        try check(0.1, -1e300)
        try check(Float(0.1), Float.greatestFiniteMagnitude)
        try check([1, nil] as [Int?], [])
        try check(["a", "b"] as Set<String>)
        try check(["a": [1]], [:])
        try check(nil, "x" as String?)
    }

    @Test func aFloatIsWrittenAsShortAsItReadsBack() { #expect(Float(0.1).json == 0.1) }

    @Test func aSetIsWrittenInOrder() { #expect((["c", "a", "b"] as Set<String>).json == ["a", "b", "c"]) }

    private func refuses<T: SchemaCodable>(_ type: T.Type, _ json: JSONValue, _ message: String) {
        #expect("\(message)") {
            _ = try T(json: json)
        } throws: { error in
            "\(error)" == message
        }
    }

    @Test func errorsSayWhatIsExpected() {
        refuses(UInt8.self, 256, "value: expected integer from 0 to 255, found 256")
        refuses(UInt8.self, -1, "value: expected integer from 0 to 255, found -1")
        refuses(Int8.self, 1.5, "value: expected integer from -128 to 127, found 1.5")
        refuses(UInt64.self, "3", "value: expected integer from 0 to 18446744073709551615, found string")
        refuses([Int8].self, [1, 2, 300], "/2: expected integer from -128 to 127, found 300")
        refuses([String: [Bool]].self, ["a~/": [true, 1]], "/a~0~1/1: expected boolean, found integer")
        refuses(Set<Int>.self, 3, "value: expected array, found integer")
    }
}
