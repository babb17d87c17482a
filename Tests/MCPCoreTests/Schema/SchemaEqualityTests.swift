import MCPCore
import Testing

/// Instances are equal by code points and by the value of numbers.
@Suite struct SchemaEqualityTests {
    private func isValid(_ schema: String, _ instance: String) throws -> Bool {
        try SchemaValidator(compiling: JSONValue(parsing: schema)).isValid(JSONValue(parsing: instance))
    }

    @Test(arguments: [
        (#"{"const":"\u00e9"}"#, #""e\u0301""#, false),
        (#"{"const":"\u00e9"}"#, #""é""#, true),
        (#"{"enum":["e\u0301"]}"#, #""\u00e9""#, false),
        (#"{"uniqueItems":true}"#, #"["\u00e9","e\u0301"]"#, true),
        (#"{"properties":{"\u00e9":false}}"#, #"{"e\u0301":1}"#, true),
        (#"{"required":["\u00e9"]}"#, #"{"e\u0301":1}"#, false),
        (#"{"const":1}"#, "1.0", true),
        (#"{"const":1}"#, "10e-1", true),
        (#"{"const":100000000000000000000}"#, "1e20", true),
        (#"{"const":18446744073709551616}"#, "18446744073709551617", false),
        (#"{"const":9007199254740993}"#, "9007199254740992.0", false),
        (#"{"const":[{"a":1,"b":[2]}]}"#, #"[{"b":[2.0],"a":1.0}]"#, true),
        (#"{"const":false}"#, "0", false),
        (#"{"const":{"a":1}}"#, #"{"a":1,"b":1}"#, false),
        (#"{"uniqueItems":true}"#, "[0,1,2,3,4,5,6,7,8,9,10,5.0]", false),
        (#"{"uniqueItems":true}"#, #"[0,1,2,3,4,5,6,7,8,{"a":1,"b":2},{"b":2,"a":1.0}]"#, false),
        (#"{"uniqueItems":true}"#, #"[0,1,2,3,4,5,6,7,8,9,false,"1",null,[],{}]"#, true),
    ])
    func equality(schema: String, instance: String, expected: Bool) throws {
        #expect(try isValid(schema, instance) == expected)
    }

    @Test(
        arguments: [
            (#"{"multipleOf":0.0001}"#, "0.0075", true),
            (#"{"multipleOf":0.0001}"#, "0.00751", false),
            (#"{"multipleOf":0.01}"#, "19.99", true),
            (#"{"multipleOf":0.01}"#, "1e300", true),
            (#"{"multipleOf":3}"#, "1e400", false),
            (#"{"multipleOf":3}"#, "111111111111111111111111111111", true),
            (#"{"multipleOf":9999999999999999999}"#, "99999999999999999990", true),
            (#"{"multipleOf":-0.0e0}"#, "0", nil),
            (#"{"multipleOf":2}"#, "-9223372036854775808", true),
            (#"{"multipleOf":2.5}"#, "-7.5", true),
            (#"{"minimum":18446744073709551616}"#, "18446744073709551615", false),
            (#"{"minimum":18446744073709551616}"#, "18446744073709551616.0", true),
            (#"{"exclusiveMinimum":9007199254740992.0}"#, "9007199254740993", true),
            (#"{"maximum":-1e400}"#, "-1e401", true),
            (#"{"maximum":0.1}"#, "0.1", true),
            (#"{"exclusiveMaximum":0}"#, "-0.0", false),
            (#"{"type":"integer"}"#, "123456789012345678901234567890", true),
            (#"{"type":"integer"}"#, "1e400", true),
            (#"{"type":"integer"}"#, "12345678901234567890.5", false),
        ] as [(String, String, Bool?)])
    func numbersAreExact(schema: String, instance: String, expected: Bool?) throws {
        if let expected {
            #expect(try isValid(schema, instance) == expected)
        } else {
            #expect(throws: SchemaCompilationError.self) { try isValid(schema, instance) }
        }
    }

    @Test func lengthsCountCodePoints() throws {
        // A family of four scalars and three joiners is one character of Swift's.
        let family = "👨‍👩‍👧‍👦"
        #expect(try SchemaValidator(compiling: ["minLength": 7, "maxLength": 7]).isValid(.string(family)))
        #expect(try !SchemaValidator(compiling: ["maxLength": 6]).isValid(.string(family)))
        #expect(try SchemaValidator(compiling: ["minLength": 2]).isValid("e\u{301}"))
    }
}
