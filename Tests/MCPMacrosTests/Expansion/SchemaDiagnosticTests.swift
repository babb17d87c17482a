import Testing

@Suite struct SchemaDiagnostics {
    @Test(arguments: [
        ("var n = 0", "var n: Int = 0"), ("var n = -1.5", "var n: Double = -1.5"), ("var n = \"\"", "var n: String = \"\""),
        ("var n = true", "var n: Bool = true"),
    ])
    func aMissingType(_ property: String, _ corrected: String) {
        let expanded = Expanded("@Schema struct A { \(property) }")
        let type = corrected.dropFirst(5).prefix { $0 != "=" }.dropLast().description
        #expect(expanded.diagnostics == ["1:24: @Schema sees no inferred types; write the type of 'n' [insert '\(type)']"])
        #expect(expanded.fixed == "@Schema struct A { \(corrected) }")
        #expect(!expanded.source.contains("extension"))
    }

    @Test func aMissingTypeThatNoLiteralShows() {
        #expect(Expanded("@Schema struct A { var n = f() }").diagnostics == ["1:24: @Schema sees no inferred types; write the type of 'n'"])
    }

    @Test func aConstantWithAValue() {
        let expanded = Expanded("@Schema struct A {\n    let n: Int = 0\n}")
        #expect(
            expanded.diagnostics == [
                "2:5: 'n' always has its initial value and cannot be read from JSON; make it 'var', or 'static let' to leave it out of the schema [use 'var']"
            ])
        #expect(expanded.fixed == "@Schema struct A {\n    var n: Int = 0\n}")
    }

    @Test(arguments: [
        ("(Int, Int)", "a tuple has no JSON form; use a struct with @Schema"),
        ("() -> Void", "a closure has no JSON form; use a type that is SchemaCodable"),
        ("any P", "'any' leaves open which type the JSON is read as; use a concrete type, or JSONValue for any JSON"),
        ("Any", "'Any' can be anything; use JSONValue for any JSON"),
        ("AnyObject?", "'AnyObject' can be anything; use JSONValue for any JSON"),
        ("[Int: String]", "the names of a JSON object are strings; use [String: String]"),
    ])
    func typesWithoutJSON(_ type: String, _ reason: String) {
        let place = type.hasPrefix("[") ? 32 : 31
        #expect(Expanded("@Schema struct Some { var n: (\(type)) }").diagnostics == ["1:\(place): @Schema cannot describe 'n': \(reason)"])
        #expect(Expanded("@Schema struct Some { let n: [\(type)] }").diagnostics == ["1:\(place): @Schema cannot describe 'n': \(reason)"])
    }

    @Test func payloads() {
        #expect(
            Expanded("@Schema enum Shape { case point, circle(radius: Double) }").diagnostics == [
                "1:40: @Schema does not describe associated values; use a struct with optional properties, or write the SchemaCodable conformance of 'Shape' by hand"
            ])
    }

    @Test(arguments: [
        (
            "@Schema class A {}",
            "1:1: @Schema describes values; put it on a struct or an enum, or write the SchemaCodable conformance by hand"
        ),
        (
            "@Schema actor A {}",
            "1:1: @Schema describes values; put it on a struct or an enum, or write the SchemaCodable conformance by hand"
        ),
        ("@Schema enum A {}", "1:14: 'A' has no cases, so that no JSON value is valid; add cases"),
        (
            "func f() {\n    @Schema struct A { var n: Int }\n}",
            "2:5: @Schema cannot extend a type that is local to a function; move the type out of the function"
        ),
        (
            "struct B { func f() {\n    @Schema struct A { var n: Int }\n} }",
            "2:5: @Schema cannot extend a type that is local to a function; move the type out of the function"
        ),
        (
            "@Schema struct A { var (a, b): (Int, Int) }",
            "1:24: @Schema needs one name for each property; declare the parts of this pattern one by one"
        ),
        (
            "@Schema struct A { var json: Int }",
            "1:24: 'json' is the member that @Schema adds; rename the property and keep its JSON name with @Property(name: \"json\")"
        ),
        (
            "@Schema struct A { var a: Int; @Property(name: \"a\") var b: Int }",
            "1:57: two properties have the JSON name 'a'; give one of them another with @Property(name:)"
        ),
        (
            "@Schema struct A { @Property(name: a) var b: Int }",
            "1:36: 'name' of @Property is read when the macro is expanded; write a string literal without interpolation"
        ),
        (
            "@Schema struct A {\n#if DEBUG\n    var a: Int\n#endif\n}",
            "2:1: @Schema does not see stored properties inside #if; move them out of it, or write the SchemaCodable conformance by hand"
        ),
        (
            "@Schema enum A { case a\n#if DEBUG\n    case b\n#endif\n}",
            "2:1: @Schema does not see cases inside #if; move them out of it, or write the SchemaCodable conformance by hand"
        ),
        ("struct A { @Property(minimum: 1) var a: Int }", "1:12: @Property is read by @Schema; put @Schema on the struct around it"),
        (
            "@Schema struct A { @Property(minimum: 1) var a: Int { 1 } }",
            "1:20: @Property says more of a stored property; it has no effect here, remove it"
        ),
        (
            "@Schema struct A { @Property(minimum: 1) func a() {} }",
            "1:20: @Property says more of a stored property; it has no effect here, remove it"
        ),
    ])
    func whatCannotBe(_ source: String, _ diagnostic: String) {
        let expanded = Expanded(source)
        #expect(expanded.diagnostics.contains(diagnostic), "\(expanded.diagnostics)")
        if !source.contains("@Property(minimum") { #expect(!expanded.source.contains("extension"), "\(expanded.source)") }
    }
}
