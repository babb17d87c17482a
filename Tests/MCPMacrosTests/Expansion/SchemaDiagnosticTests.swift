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

    @Test(arguments: [
        (
            "case a(Int, Int)",
            "1:26: the associated values of 'a' become members of an object and need names; give this one a label, or '_ name: Int'"
        ),
        ("case a(n: (Int, Int))", "1:29: @Schema cannot describe 'a': a tuple has no JSON form; use a struct with @Schema"),
        ("case a(type: Int)", "1:26: 'type' is the member that names the case; give this value another name, or the tag, with @Schema(tag:)"),
        ("case a(n: Int, _ n: Int)", "1:34: two associated values of 'a' have the name 'n'; rename one"),
        (
            "case a(n: Int); @Property(name: \"a\") case b",
            "1:61: two cases have the JSON name 'a'; give one of them another with @Property(name:)"
        ),
        (
            "@Property(minimum: 1) case a(n: Int)",
            "1:29: @Property gives a case only a name, a title and a description; put bounds on a struct that it carries"
        ),
    ])
    func payloads(_ declaration: String, _ diagnostic: String) {
        let expanded = Expanded("@Schema enum E {  \(declaration) }")
        #expect(expanded.diagnostics.contains(diagnostic), "\(expanded.diagnostics)")
    }

    @Test(arguments: [
        ("@Property(minimum: 1) var n: String", "'minimum' bounds a number, and 'n' is a string; use minLength, maxLength, pattern or format"),
        ("@Property(pattern: \"a\") var n: Int?", "'pattern' bounds a string, and 'n' is a number; use minimum, maximum or multipleOf"),
        (
            "@Property(maxLength: 3) var n: [String]",
            "'maxLength' bounds a string, and 'n' is an array; use minItems, maxItems or uniqueItems, or give the elements a @Schema type with bounds of its own"
        ),
        (
            "@Property(minItems: 3) var n: [String: Int]",
            "'minItems' bounds an array, and 'n' is an object; give its values a @Schema type with bounds of its own"
        ),
        ("@Property(multipleOf: 3) var n: Bool", "'multipleOf' bounds a number, and 'n' is a boolean; remove it"),
        ("@Property(minLength: -1) var n: String", "'minLength' is a number of elements; write 0 or more"),
        ("@Property(multipleOf: 0) var n: Int", "'multipleOf' is a divisor; write a number greater than 0"),
        ("@Property(minimum: 2, maximum: -1.5) var n: Int", "no value is valid: 'minimum' is greater than 'maximum'; exchange them"),
        ("@Property(minimum: 1) var n: Int = 0", "the default of 'n' is outside of its own 'minimum', 1; change one of them"),
        ("@Property(exclusiveMaximum: 1) var n: Double = 1.0", "the default of 'n' is outside of its own 'exclusiveMaximum', 1; change one of them"),
    ])
    func keywordsThatDoNotFit(_ property: String, _ message: String) {
        let expanded = Expanded("@Schema struct A { \(property) }")
        #expect(expanded.diagnostics.count == 1 && expanded.diagnostics.first?.hasSuffix(": " + message) == true, "\(expanded.diagnostics)")
        let tool = property.replacing("@Property(", with: "@Parameter(\"n\", ").replacing("var n", with: "@Tool func f(n") + ") {}"
        let reported = Expanded("@Toolbox struct A { \(tool) }").diagnostics
        #expect(reported.count == 1 && reported.first?.hasSuffix(": " + message) == true, "\(reported)")
    }

    @Test(arguments: [
        "@Property(minimum: 1, maximum: 1) var n: Int = 1", "@Property(minimum: low) var n: Int = 0", "@Property(pattern: \"a\") var n: Name",
        "@Property(format: \"x\") var n: URL?", "@Property(minimum: 1) var n: Duration?", "@Property(title: \"N\", examples: [1]) var n: Bool",
    ])
    func keywordsThatFitOrCannotBeSeen(_ property: String) {
        #expect(Expanded("@Schema struct A { \(property) }").diagnostics.isEmpty)
    }

    @Test(arguments: [
        (
            "@Schema(tag: \"kind\") struct A { var n: Int }",
            "1:14: the tag tells the cases of an enum with associated values apart; this type has none, remove it"
        ),
        ("@Schema(tag: \"kind\") enum A { case n }", "1:14: the tag tells the cases of an enum with associated values apart; this type has none, remove it"),
        ("@Schema(tag: \"\") enum A { case n(Int) }", "1:14: the tag is read when the macro is expanded; write a string literal that is not empty"),
        ("@Schema(tag: t) enum A { case n(Int) }", "1:14: the tag is read when the macro is expanded; write a string literal that is not empty"),
        (
            "@Schema enum A: String { @Property(name: \"b\") case a }",
            "1:52: a case is written as its raw value; write 'a = \"b\"' and remove the name from @Property"
        ),
        (
            "@Schema enum A { case a, b; @Property(name: \"a\") case c }",
            "1:55: two cases have the JSON name 'a'; give one of them another with @Property(name:)"
        ),
    ])
    func tagsAndNames(_ source: String, _ diagnostic: String) {
        #expect(Expanded(source).diagnostics == [diagnostic])
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
        ("struct A { @Property(minimum: 1) var a: Int }", "1:12: @Property is read by @Schema; put @Schema on the type around it"),
        (
            "@Schema struct A { @Property(minimum: 1) var a: Int { 1 } }",
            "1:20: @Property says more of a stored property or a case; it has no effect here, remove it"
        ),
        (
            "@Schema struct A { @Property(minimum: 1) func a() {} }",
            "1:20: @Property says more of a stored property or a case; it has no effect here, remove it"
        ),
    ])
    func whatCannotBe(_ source: String, _ diagnostic: String) {
        let expanded = Expanded(source)
        #expect(expanded.diagnostics.contains(diagnostic), "\(expanded.diagnostics)")
        if !source.contains("@Property(minimum") { #expect(!expanded.source.contains("extension"), "\(expanded.source)") }
    }
}
