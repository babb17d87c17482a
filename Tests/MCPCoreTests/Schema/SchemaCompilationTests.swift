import MCPCore
import Testing

/// What is refused when a schema is compiled, and how that is said.
@Suite struct SchemaCompilationTests {
    private func refusal(_ schema: String, registry: SchemaRegistry = .init()) throws -> String {
        let value = try JSONValue(parsing: schema)
        let error = #expect(throws: SchemaCompilationError.self) { try SchemaValidator(compiling: value, registry: registry) }
        return error?.description ?? ""
    }

    @Test(arguments: [
        ("3", "schema #: a schema must be an object or a boolean, not integer 3"),
        (#"{"properties":{"a":[]}}"#, "schema #/properties/a: a schema must be an object or a boolean, not an empty array"),
        (
            #"{"type":"text"}"#,
            #"schema #/type: "type" must be one of "null", "boolean", "integer", "number", "string", "array", "object", or an array of them, not "text""#
        ),
        (#"{"minLength":-1}"#, #"schema #/minLength: "minLength" must be an integer of 0 or more, not -1"#),
        (
            #"{"properties":{"a":{"required":true}}}"#,
            #"schema #/properties/a/required: "required" must be made of arrays of property names, not true"#
        ),
        (#"{"anyOf":[]}"#, #"schema #/anyOf: "anyOf" must be an array of one schema or more, not []"#),
        (##"{"$ref":"#/$defs/none"}"##, ##"schema #/$ref: nothing stands at "#/$defs/none" in this schema"##),
        (##"{"$ref":"#none"}"##, ##"schema #/$ref: there is no anchor "none" in this schema"##),
        (
            #"{"$ref":"https://example.com/a.json"}"#,
            #"schema #/$ref: the document "https://example.com/a.json" is not known and nothing is fetched; register it, or embed it in $defs with this "$id""#
        ),
        (
            #"{"$schema":"http://json-schema.org/draft-04/schema#"}"#,
            #"schema #/$schema: the dialect "http://json-schema.org/draft-04/schema" is not supported; use "https://json-schema.org/draft/2020-12/schema" or "http://json-schema.org/draft-07/schema""#
        ),
        (#"{"$id":"a#b"}"#, #"schema #/$id: "$id" cannot have a fragment in 2020-12; use "$anchor" for "b""#),
        (
            #"{"pattern":"a(?=b)"}"#,
            #"schema #/pattern: pattern "a(?=b)", at character 1: lookahead ("(?=") is not supported, since it cannot be matched in linear time; use anchors, or several patterns in allOf and not"#
        ),
    ])
    func saysWhatIsWrong(schema: String, message: String) throws {
        #expect(try refusal(schema) == message)
    }

    @Test func readsRegisteredDocuments() throws {
        var registry = SchemaRegistry()
        registry.register(["$id": "https://example.com/schemas/day", "type": "integer"], uri: "https://example.com/day.json#")
        registry.register(["type": "text"], uri: "https://example.com/broken.json")
        let schema: JSONValue = ["$id": "https://example.com/trip", "properties": ["days": ["$ref": "day.json"]]]
        let validator = try SchemaValidator(compiling: schema, registry: registry)
        #expect(validator.isValid(["days": 3]))
        #expect(!validator.isValid(["days": "three"]))
        #expect(
            try refusal(#"{"$ref":"https://example.com/broken.json"}"#, registry: registry).hasPrefix(
                "schema https://example.com/broken.json#/type:"))
    }

    @Test func checksSchemasAgainstTheirMetaSchemas() throws {
        for dialect in SchemaDialect.allCases {
            let validator = try SchemaValidator(compiling: ["$ref": .string(dialect.uri)], dialect: dialect)
            #expect(validator.isValid(["type": "object", "properties": ["a": ["minLength": 1]]]))
            #expect(!validator.isValid(["properties": ["a": ["allOf": [["minLength": -1]]]]]))
            #expect(!validator.isValid(["type": "text"]))
        }
    }

    @Test func takesTheDialectFromTheSchemaFirst() throws {
        let draft07: JSONValue = ["$schema": "http://json-schema.org/draft-07/schema#", "items": [["type": "string"]]]
        #expect(try !SchemaValidator(compiling: draft07).isValid([1]))
        #expect(try !SchemaValidator(compiling: ["items": [["type": "string"]]], dialect: .draft07).isValid([1]))
        #expect(throws: SchemaCompilationError.self) { try SchemaValidator(compiling: ["items": [["type": "string"]]]) }
    }

    @Test func isRefusedOverTheLimits() throws {
        var limits = SchemaLimits()
        limits.maximumSchemaDepth = 10
        limits.maximumSubschemas = 50
        var deep: JSONValue = true
        for _ in 0..<11 { deep = ["not": deep] }
        #expect(throws: SchemaCompilationError.self) { try SchemaValidator(compiling: deep, limits: limits) }
        #expect(try SchemaValidator(compiling: deep).isValid(1) == false)
        let wide: JSONValue = ["allOf": .array(Array(repeating: true, count: 50))]
        #expect(throws: SchemaCompilationError.self) { try SchemaValidator(compiling: wide, limits: limits) }
        #expect(try SchemaValidator(compiling: wide).isValid(1))

        limits = SchemaLimits()
        limits.maximumTotalPatternInstructions = 1_000
        let patterns: JSONValue = ["allOf": .array((0..<4).map { ["pattern": .string("a{30\($0)}")] })]
        #expect(throws: SchemaCompilationError.self) { try SchemaValidator(compiling: patterns, limits: limits) }
        #expect(try SchemaValidator(compiling: patterns).isValid(1))
    }
}
