import Testing

@testable import MCPCore

/// Whatever the schema and the instance, validation ends; it is measured in steps.
@Suite struct SchemaBoundsTests {
    @Test(arguments: [
        ##"{"$ref":"#"}"##,
        ##"{"allOf":[{"$ref":"#"}]}"##,
        ##"{"anyOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"not":{"$ref":"#/$defs/b"}},"b":{"$ref":"#/$defs/a"}}}"##,
        ##"{"$dynamicAnchor":"a","$dynamicRef":"#a"}"##,
        ##"{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/a"}}}"##,
    ])
    func endlessReferencesEndInAViolation(schema: String) throws {
        let validator = try SchemaValidator(compiling: JSONValue(parsing: schema))
        let violations = validator.validate(1)
        #expect(violations.map(\.keyword) == ["maximumDepth"])
        #expect(!validator.isValid(1))
    }

    @Test func theDepthLimitNamesThePath() throws {
        let validator = try SchemaValidator(compiling: ["additionalProperties": ["$ref": "#"]])
        var instance: JSONValue = 1
        for _ in 0..<200 { instance = ["a": instance] }
        #expect(validator.isValid(instance))
        for _ in 0..<200 { instance = ["a": instance] }
        let violation = try #require(validator.validate(instance).first)
        #expect(violation.keyword == "maximumDepth")
        #expect(violation.instancePath.components.count == 256)
    }

    @Test func branchingWithoutEndStopsAtTheStepLimit() throws {
        // Two ways at each of 200 levels.
        let schema: JSONValue = [
            "type": "array", "anyOf": [["items": ["$ref": "#"]], ["items": ["$ref": "#"], "minItems": 1]], "maxItems": 1,
        ]
        var instance: JSONValue = 1
        for _ in 0..<80 { instance = [instance] }
        var limits = SchemaLimits()
        limits.maximumSteps = 10_000
        let violations = try SchemaValidator(compiling: schema, limits: limits).validate(instance)
        #expect(violations.map(\.keyword) == ["maximumSteps"])
        #expect(violations.first?.expected.contains("10000 steps") == true)
    }

    @Test func comparingItemsTakesStepsInProportionToThem() throws {
        let validator = try SchemaValidator(compiling: ["uniqueItems": true])
        func steps(_ count: Int) -> Int {
            validator.countingSteps(.array((0..<count).map { ["id": .integer(Int64($0)), "name": "item"] })).steps
        }
        #expect(steps(2_000) < 11 * steps(200))
        #expect(validator.isValid(.array((0..<2_000).map { .integer($0) })))
    }

    @Test func aStepLimitInsideNotIsStillAViolation() throws {
        var limits = SchemaLimits()
        limits.maximumSteps = 50
        let validator = try SchemaValidator(compiling: ["not": ["items": ["type": "integer"]]], limits: limits)
        #expect(validator.validate(.array((0..<100).map { .integer($0) })).map(\.keyword) == ["maximumSteps"])
    }

    private static let text = String(repeating: "x", count: 64_000)
    private static let digits = JSONValue.number(JSONNumber(unchecked: String(repeating: "9", count: 64_000)))
    private static let readings: [(JSONObject, JSONValue)] = [
        (["minLength": 20_000], .string(text)), (["enum": ["a", "b", "c", "d", "e", "f", "g"]], .string(text)), (["format": "uri"], .string("x:\(text)")),
        (["required": ["a"], "properties": ["b": [:], "c": [:], "d": [:], "e": [:], "f": [:], "g": [:]]], .object([text: 1, "a": 1])),
        (["minimum": 1], digits), (["type": "integer"], digits),
        (["const": .number(JSONNumber(unchecked: "0.1\(String(repeating: "3", count: 64_000))"))], digits),
    ]

    /// A string or a literal that each of many subschemas reads takes steps each time.
    @Test(arguments: readings)
    func whatIsReadAgainAndAgainTakesSteps(_ schema: JSONObject, _ instance: JSONValue) throws {
        let validator = try SchemaValidator(
            compiling: ["allOf": .array(Array(repeating: ["anyOf": [.object(schema), [:]]], count: 20))], assertFormat: true)
        #expect(validator.countingSteps(instance).steps > 20 * 900)
    }

    @Test func aHostileSchemaEndsBeforeItHasReadMuch() throws {
        let validator = try SchemaValidator(compiling: ["allOf": .array(Array(repeating: ["minLength": 2_000_000], count: 19_000))])
        let violations = validator.validate(.string(String(repeating: "x", count: 6_000_000)))
        #expect(violations.map(\.keyword) == ["maximumSteps"])
        // One schema may read it.
        #expect(try SchemaValidator(compiling: ["minLength": 2_000_000]).isValid(.string(String(repeating: "x", count: 6_000_000))))
    }

    @Test func aTypicalCallTakesAStepForEachValueAndMember() throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": ["city": ["type": "string"], "days": ["type": "integer", "minimum": 1], "units": ["enum": ["C", "F"]]],
            "required": ["city"],
        ]
        let outcome = try SchemaValidator(compiling: schema).countingSteps(["city": "Lisbon", "days": 3, "units": "C"])
        #expect(outcome == (true, 7))
    }
}
