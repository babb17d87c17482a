import MCPCore
import Testing

/// What a model reads when its call does not fit.
@Suite struct SchemaViolationTests {
    private func messages(_ schema: String, _ instance: String, maximum: Int = 16) throws -> [String] {
        let validator = try SchemaValidator(compiling: JSONValue(parsing: schema))
        return try validator.validate(JSONValue(parsing: instance), maximumViolations: maximum).map(\.description)
    }

    @Test(arguments: [
        (#"{"type":"integer"}"#, #""three""#, #"expected integer, found string "three""#),
        (#"{"type":["integer","null"]}"#, "1.5", "expected null or integer, found number 1.5"),
        (#"{"type":"string"}"#, "[1,2]", "expected string, found array of 2 items"),
        (#"{"type":"array"}"#, #"{"a":1}"#, "expected array, found object with 1 property"),
        (#"{"enum":["metric","imperial"]}"#, #""metrik""#, #"expected one of "metric", "imperial", found string "metrik""#),
        (#"{"const":{"a":1}}"#, "2", #"expected {"a": 1}, found integer 2"#),
        (#"{"minimum":1}"#, "0", "expected a number of at least 1, found 0"),
        (#"{"exclusiveMaximum":1.5}"#, "1.5", "expected a number less than 1.5, found 1.5"),
        (#"{"multipleOf":0.01}"#, "1.005", "expected a multiple of 0.01, found 1.005"),
        (#"{"minLength":2}"#, #""é""#, #"expected at least 2 characters, found 1: "é""#),
        (#"{"maxLength":1}"#, #""ab""#, #"expected at most 1 character, found 2: "ab""#),
        (#"{"pattern":"^a+$"}"#, #""b""#, #"expected a string that matches the pattern "^a+$", found "b""#),
        (#"{"minItems":1}"#, "[]", "expected at least 1 item, found 0"),
        (#"{"uniqueItems":true}"#, "[1,2,1.0]", "expected items that all differ, found items 0 and 2 equal: 1"),
        (#"{"contains":{"type":"string"}}"#, "[1]", #"expected at least 1 item that "contains" describes, found 0"#),
        (#"{"required":["city"]}"#, "{}", #"the required property "city" is missing"#),
        (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, #"the required property "b" is missing, since "a" is present"#),
        (#"{"maxProperties":0}"#, #"{"a":1}"#, "expected at most 0 properties, found 1"),
        (
            #"{"propertyNames":{"maxLength":1}}"#, #"{"ab":1}"#,
            #"the property name "ab" is not allowed: expected at most 1 character, found 2: "ab""#
        ),
        (#"{"not":{"type":"null"}}"#, "null", #"expected anything but what "not" describes, found null"#),
        ("false", "true", "no value is allowed here, found boolean true"),
    ])
    func saysWhatWasExpectedAndWhatWasFound(schema: String, instance: String, message: String) throws {
        #expect(try messages(schema, instance) == [message])
    }

    @Test func namesThePathOfTheValueAndOfTheKeyword() throws {
        let schema: JSONValue = [
            "$defs": ["day": ["type": "integer"]],
            "properties": ["trip/s": ["items": ["properties": ["days": ["$ref": "#/$defs/day"]]]]],
        ]
        let violations = try SchemaValidator(compiling: schema).validate(["trip/s": [["days": 1], ["days": "three"]]])
        let violation = try #require(violations.first)
        #expect(violations.count == 1)
        #expect(violation.instancePath == ["trip/s", 1, "days"])
        #expect(violation.schemaPath == ["$defs", "day", "type"])
        #expect(violation.keyword == "type")
        #expect(violation.description == #"/trip~1s/1/days: expected integer, found string "three""#)
    }

    @Test func reportsEverythingThatIsWrongUpToTheMaximum() throws {
        let schema = #"{"properties":{"a":{"type":"string"},"b":{"minimum":3}},"required":["c"],"additionalProperties":false}"#
        let instance = #"{"a":1,"b":2,"d":3}"#
        #expect(
            try messages(schema, instance) == [
                "/a: expected string, found integer 1",
                "/b: expected a number of at least 3, found 2",
                #"/d: property "d" is not allowed; allowed are "a", "b""#,
                #"the required property "c" is missing"#,
            ])
        #expect(try messages(schema, instance, maximum: 2).count == 2)
    }

    @Test func saysUnevaluatedPropertiesByName() throws {
        let schema = #"{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}"#
        #expect(try messages(schema, #"{"a":1,"b":2}"#) == [#"/b: property "b" is not allowed here"#])
    }

    @Test func joinsTheTypesOfAlternatives() throws {
        #expect(
            try messages(#"{"anyOf":[{"type":"string"},{"type":"null"},{"const":3}]}"#, "4") == [
                "expected string or null or 3, found integer 4"
            ])
    }

    @Test func pointsAtTheFormThatWasMeant() throws {
        let schema = #"""
            {"oneOf":[
              {"properties":{"kind":{"const":"circle"},"radius":{"type":"number"}},"required":["radius"]},
              {"properties":{"kind":{"const":"square"},"side":{"type":"number"}},"required":["side"]}]}
            """#
        #expect(
            try messages(schema, #"{"kind":"circle","radius":"1"}"#) == [
                #"expected one of 2 forms, found object with 2 properties; nearest is form 1: /radius: expected number, found string "1""#
            ])
        #expect(
            try messages(#"{"oneOf":[{"type":"integer"},{"minimum":2},{"maximum":0}]}"#, "3") == [
                "expected a value that fits exactly one of 3 forms, but it fits forms 1, 2"
            ])
    }

    @Test func cutsLongValuesShort() throws {
        let long = String(repeating: "x", count: 100_000)
        let found = try SchemaValidator(compiling: ["type": "integer"]).validate(.string(long))
        let message = try #require(found.first?.description)
        #expect(message.utf8.count < 120)
        #expect(message.hasSuffix("… (100000 bytes)"))
        let choices = JSONValue.array((0..<1000).map { .integer($0) })
        let refused = try SchemaValidator(compiling: ["enum": choices]).validate("x")
        #expect(try #require(refused.first).expected.hasSuffix("and 980 more, found string \"x\""))
    }

    @Test func showsControlCharactersEscaped() throws {
        #expect(try messages(#"{"type":"null"}"#, #""a\n\u0007\"""#) == [#"expected null, found string "a\n\u0007\"""#])
    }

    @Test func assertsFormatsOnlyOnRequest() throws {
        let schema: JSONValue = ["format": "date"]
        #expect(try SchemaValidator(compiling: schema).isValid("tomorrow"))
        let violations = try SchemaValidator(compiling: schema, assertFormat: true).validate("tomorrow")
        #expect(violations.map(\.description) == [#"expected a date such as "2025-01-31", found "tomorrow""#])
    }
}
