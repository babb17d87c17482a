import MCPCore
import Testing

/// `format` says something only where it is asked to, and then the same in both dialects.
@Suite struct SchemaFormatTests {
    private static let cases: [(format: SchemaFormat, valid: String, invalid: String)] = [
        (.dateTime, "2026-07-28T09:30:00+02:00", "2026-07-28"), (.date, "2024-02-29", "2026-02-29"), (.time, "23:59:60Z", "12:00:60Z"),
        (.duration, "P3DT12H", "P1H"), (.email, "a@example.com", "a.example.com"), (.idnEmail, "ä@example.com", "@"), (.hostname, "example.com", "-a.com"),
        (.ipv4, "192.0.2.1", "192.0.2.256"), (.ipv6, "::ffff:192.0.2.1", "1:2:3:4:5:6:7"), (.uri, "urn:isbn:0", "/a"), (.uriReference, "../a?b#c", "a b"),
        (.iri, "https://example.com/é", "é"), (.iriReference, "é", "a\\b"),
        (.uuid, "2EB8AA08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08aa98-11ea-b4aa-73b441d16380"),
        (.jsonPointer, "/a~1b", "a"), (.relativeJSONPointer, "1/a", "-1"), (.regex, "^a+$", "("), (.uriTemplate, "/a/{b}", "/a/{b"),
    ]

    @Test func everyFormatHasACase() { #expect(Set(Self.cases.map(\.format)) == Set(SchemaFormat.allCases)) }

    @Test(arguments: cases, SchemaDialect.allCases)
    func isAnAnnotationUnlessAsserted(_ test: (format: SchemaFormat, valid: String, invalid: String), _ dialect: SchemaDialect) throws {
        let schema: JSONValue = ["format": .string(test.format.rawValue)]
        let annotating = try SchemaValidator(compiling: schema, dialect: dialect)
        let asserting = try SchemaValidator(compiling: schema, dialect: dialect, assertFormat: true)
        #expect(annotating.isValid(.string(test.invalid)))
        #expect(asserting.isValid(.string(test.valid)))
        let violations = asserting.validate(.string(test.invalid))
        #expect(violations.map(\.keyword) == ["format"] && violations.first?.schemaPath == ["format"])
        #expect(violations.first?.expected.contains(test.format.description) == true, "\(violations)")
        // It bounds strings only.
        for other: JSONValue in [1, nil, true, [], [:]] { #expect(asserting.isValid(other)) }
    }

    @Test func anUnknownFormatSaysNothing() throws {
        #expect(try SchemaValidator(compiling: ["format": "colour"], assertFormat: true).isValid("x"))
    }

    @Test func theVocabularyAsserts() throws {
        let meta: JSONValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.com/asserting",
            "$vocabulary": [
                "https://json-schema.org/draft/2020-12/vocab/core": true, "https://json-schema.org/draft/2020-12/vocab/format-assertion": true,
            ],
        ]
        var registry = SchemaRegistry()
        registry.register(meta, uri: "https://example.com/asserting")
        let validator = try SchemaValidator(compiling: ["$schema": "https://example.com/asserting", "format": "date"], registry: registry)
        #expect(validator.isValid("2026-07-28") && !validator.isValid("tomorrow"))
    }
}
