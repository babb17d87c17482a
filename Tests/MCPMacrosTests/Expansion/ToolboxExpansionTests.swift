import Testing

@Suite struct ToolboxExpansion {
    @Test func functions() {
        expectExpansion(
            """
            @Toolbox public struct Weather {
                /// The forecast for a city.
                /// - Parameter city: City name.
                @Tool(.readOnly, title: "Forecast") func forecast(for city: String, _ days: Int = 3, context: RequestContext) async throws -> Forecast { f }
                @Tool("delete.all", .destructive, [.idempotent, .closedWorld]) func deleteAll() {}
                func other() {}
            }
            """,
            """
            public struct Weather {
                /// The forecast for a city.
                /// - Parameter city: City name.
                func forecast(for city: String, _ days: Int = 3, context: RequestContext) async throws -> Forecast { f }
                func deleteAll() {}
                func other() {}
            }

            extension Weather: MCPCore.Toolbox {
                public var tools: [MCPCore.ServerTool] {
                    var tools: [MCPCore.ServerTool] = []
                    do {
                        var builder = MCPCore.JSONSchemaBuilder()
                        var input = MCPCore.ObjectSchema()
                        input.property("city", String.self, description: "City name.", in: &builder)
                        input.property("days", Int.self, default: 3, in: &builder)
                        tools.append(
                            MCPCore.ServerTool(
                                "forecast",
                                title: "Forecast",
                                description: "The forecast for a city.",
                                hints: [.readOnly],
                                inputSchema: builder.finish(input.json),
                                output: Forecast.self
                            ) { arguments, context in
                                try await self.forecast(for: arguments.decode("city", as: String.self), arguments.decode("days", as: Int.self, default: 3), context: context)
                            }
                        )
                    }
                    do {
                        tools.append(
                            MCPCore.ServerTool(
                                "delete.all",
                                hints: [.destructive, [.idempotent, .closedWorld]],
                                inputSchema: MCPCore.ObjectSchema().json,
                                output: Void.self
                            ) { _, _ in
                                self.deleteAll()
                            }
                        )
                    }
                    return tools
                }
            }
            """)
    }

    @Test(arguments: [
        ("func f() {}", "self.f()"), ("func f() throws {}", "try self.f()"), ("func f() async {}", "await self.f()"),
        ("static func f() {}", "Self.f()"), ("@MainActor func f() {}", "await self.f()"),
        ("func f(a: Int?) {}", "try self.f(a: arguments.decode(\"a\", as: Int?.self))"),
        ("func f(a: Int? = nil) {}", "try self.f(a: arguments.decode(\"a\", as: Int?.self))"),
        ("func f(a: Int? = 1) {}", "try self.f(a: arguments.decode(\"a\", as: Int?.self, default: 1))"),
        ("func f(a: Int! = nil) {}", "try self.f(a: arguments.decode(\"a\", as: Int?.self))"),
        ("func f(a: consuming String) {}", "try self.f(a: arguments.decode(\"a\", as: String.self))"),
        ("func f(context: MCPCore.RequestContext) {}", "self.f(context: context)"),
        ("func f(_: RequestContext) {}", "self.f(context)"),
        (
            "static let n = 1; @Tool func f(a: Int = n + m.n) {}",
            "try self.f(a: arguments.decode(\"a\", as: Int.self, default: Self.n + m.n))"
        ),
    ])
    func calls(_ function: String, _ call: String) {
        let marked = function.contains("@Tool") ? function : "@Tool " + function
        let expanded = Expanded("@Toolbox struct A { \(marked) }")
        #expect(expanded.diagnostics.isEmpty)
        #expect(expanded.source.contains(" in\n                    \(call)\n"), "\(expanded.source)")
    }

    @Test(arguments: [
        ("func f() {}", "await self.f()"), ("nonisolated func f() {}", "self.f()"), ("static func f() {}", "Self.f()"),
    ])
    func callsOfAnActor(_ function: String, _ call: String) {
        let expanded = Expanded("@Toolbox actor A { @Tool \(function) }").source
        #expect(expanded.contains(" in\n                    \(call)\n"), "\(expanded)")
        #expect(expanded.contains("nonisolated var tools"))
    }
}

@Suite struct ToolboxComments {
    private func descriptions(_ comment: String) -> [String] {
        let expanded = Expanded("@Toolbox struct A {\n\(comment)\n@Tool func f(a: Int, b: Int) {}\n}").source
        return expanded.split(separator: "description: \"").dropFirst().map { text in String(text.prefix { $0 != "\"" }) }
    }

    @Test(arguments: [
        ("/// All.", ["All."]),
        (
            "/// All.\n/// - Parameter a: The a.\n/// - Parameter b: The b,\n///   on two lines.",
            ["The a.", "The b, on two lines.", "All."]
        ),
        ("/// All.\n/// - Parameters:\n///   - a: The a.\n///   - b: The b.", ["The a.", "The b.", "All."]),
        (
            "/// All.\n/// - Parameters:\n///     - a: One of\n///         - x: the x\n///         - y\n///     - b: The b.\n/// More.",
            ["One of\\n- x: the x\\n- y", "The b.", "All. More."]
        ),
        (
            "/**\n All.\n\n - Parameters:\n   - b: The b.\n - Throws: Something\n   bad.\n - Returns: A thing.\n */",
            ["The b.", "All.\\n\\nReturns: A thing."]
        ),
        ("/// - note: Stays.\n/// - Parameter a: The a.", ["The a.", "- note: Stays."]),
    ])
    func descriptions(_ comment: String, _ expected: [String]) { #expect(descriptions(comment) == expected) }
}

@Suite struct ToolboxDiagnostics {
    @Test(arguments: [
        ("func f(a: inout Int) {}", "1:40: a tool cannot take 'a' inout; take it by value and return what changed"),
        ("func f(a: Int...) {}", "1:37: a tool cannot take 'a' as a variadic; take an array: [Int]"),
        ("func f(_ _: Int) {}", "1:37: an argument needs a name; give this parameter one"),
        ("func f(a: (Int, Int)) {}", "1:40: a tool cannot take 'a': a tuple has no JSON form; use a struct with @Schema"),
        (
            "func f(a: @escaping () -> Void) {}",
            "1:50: a tool cannot take 'a': a closure has no JSON form; use a type that is SchemaCodable"
        ),
        (
            "func f(a: some P) {}",
            "1:40: a tool cannot take 'a': 'some' leaves open which type the JSON is read as; use a concrete type, or JSONValue for any JSON"
        ),
        (
            "func f<T>(a: T) {}",
            "1:36: a tool cannot be generic: its schema is that of concrete types; use them, or JSONValue for any JSON"
        ),
        (
            "mutating func f() {}",
            "1:30: a tool cannot be mutating: calls run concurrently; keep what changes in an actor, or in a Mutex of a final class"
        ),
        ("func f() -> (Int, Int) {}", "1:42: a tool cannot return this: a tuple has no JSON form; use a struct with @Schema"),
        ("func f(a: RequestContext, b: RequestContext) {}", "1:24: a call has one RequestContext; remove the parameter 'b'"),
        (
            "func größe() {}",
            "1:35: 'größe' is no name for a tool: use only A-Z, a-z, 0-9, '_', '-' and '.'; give it one with @Tool(\"name\")"
        ),
        ("var f: Int", "1:24: @Tool marks a function; remove it here"),
    ])
    func functionsThatCannotBeTools(_ function: String, _ diagnostic: String) {
        let expanded = Expanded("@Toolbox struct Some { @Tool \(function) }")
        #expect(expanded.diagnostics.contains(diagnostic), "\(expanded.diagnostics)")
        #expect(!expanded.source.contains("tools.append"))
    }

    @Test(arguments: [
        ("\"\"", "'' is no name for a tool: use 1 to 128 characters"),
        ("\"a b\"", "'a b' is no name for a tool: use only A-Z, a-z, 0-9, '_', '-' and '.'"),
        (
            "\"" + String(repeating: "a", count: 129) + "\"",
            "'" + String(repeating: "a", count: 129) + "' is no name for a tool: use 1 to 128 characters"
        ),
        ("\"a\\(b)\"", "the name of a tool is checked when the macro is expanded; write a string literal without interpolation"),
    ])
    func names(_ name: String, _ message: String) {
        #expect(Expanded("@Toolbox struct A { @Tool(\(name)) func f() {} }").diagnostics.contains("1:27: \(message)"))
    }

    @Test func aNameOfFullLengthIsFine() {
        #expect(Expanded("@Toolbox struct A { @Tool(\"\(String(repeating: "a", count: 128))\") func f() {} }").diagnostics.isEmpty)
    }

    @Test(arguments: [
        (".readOnly, .destructive", "'.readOnly' and '.destructive'"), ("[.openWorld, .closedWorld]", "'.openWorld' and '.closedWorld'"),
        ("\"a\", .destructive, .additive", "'.destructive' and '.additive'"), (".readOnly, .additive", "'.readOnly' and '.additive'"),
    ])
    func hintsThatContradict(_ hints: String, _ names: String) {
        let expanded = Expanded("@Toolbox struct A { @Tool(\(hints)) func f() {} }")
        #expect(expanded.diagnostics == ["1:21: \(names) contradict each other; remove one of them"])
    }

    @Test(arguments: [
        ("@Parameter(\"b\")", "1:33: no argument is called 'b'; there are 'a'"),
        ("@Parameter(\"context\")", "1:33: no argument is called 'context'; there are 'a'"),
        ("@Parameter(\"a\") @Parameter(\"a\")", "1:38: 'a' has two @Parameter; join them"),
        ("@Parameter(b)", "1:33: the name of a parameter is read when the macro is expanded; write a string literal without interpolation"),
        (
            "@Parameter(\"a\", name: n)",
            "1:44: 'name' of @Parameter is read when the macro is expanded; write a string literal without interpolation"
        ),
    ])
    func parametersThatDoNotFit(_ attributes: String, _ diagnostic: String) {
        let expanded = Expanded("@Toolbox struct A {  \(attributes) @Tool func f(a: Int, context: RequestContext) {} }")
        #expect(expanded.diagnostics == [diagnostic])
    }

    @Test func twoArgumentsOfOneName() {
        let expanded = Expanded("@Toolbox struct A { @Tool @Parameter(\"a\", name: \"b\") func f(a: Int, b: Int) {} }")
        #expect(expanded.diagnostics == ["1:69: two arguments have the JSON name 'b'; give one of them another with @Parameter(name:)"])
    }

    @Test func twoToolsOfOneName() {
        let expanded = Expanded("@Toolbox struct A {\n    @Tool func f() {}\n    @Tool(\"f\") func g() {}\n}")
        #expect(expanded.diagnostics == ["3:21: two tools have the name 'f'; give one of them another with @Tool(\"name\")"])
    }

    @Test func aCommentOnAParameterThatDoesNotExist() {
        let expanded = Expanded("@Toolbox struct A {\n    /// - Parameter ctiy: A city.\n    @Tool func f(city: String) {}\n}")
        #expect(expanded.diagnostics == ["3:16: warning: the comment describes a parameter 'ctiy' that does not exist; there are 'city'"])
        #expect(expanded.source.contains("tools.append"))
    }

    @Test(arguments: [
        ("struct A { @Tool func f() {} }", "1:12: @Tool is read by @Toolbox; put @Toolbox on the type around it"),
        (
            "struct A { @Parameter(\"a\") func f(a: Int) {} }",
            "1:12: @Parameter says more of a parameter of a tool; put it on a function with @Tool"
        ),
        ("@Tool func f() {}", "1:1: @Tool marks a function of a type with @Toolbox; move this function into one"),
        (
            "extension A { @Tool func f() {} }",
            "1:15: @Toolbox does not see functions of an extension; move this one between the braces of its type"
        ),
        ("@Toolbox enum A {}", "1:1: @Toolbox needs a struct, an actor or a final class"),
        ("@Toolbox struct A { let tools: Int }", "1:25: 'tools' is the member that @Toolbox adds; rename this property"),
        (
            "func f() {\n    @Toolbox struct A {}\n}",
            "2:5: @Toolbox cannot extend a type that is local to a function; move the type out of the function"
        ),
        ("@Toolbox struct A {}", "1:1: warning: no function of this type is a tool; put @Tool on one"),
        (
            "@Toolbox struct A {\n#if DEBUG\n    @Tool func f() {}\n#endif\n}",
            "2:1: @Toolbox does not see tools inside #if; put the #if inside the function's body"
        ),
    ])
    func places(_ source: String, _ diagnostic: String) {
        #expect(Expanded(source).diagnostics.contains(diagnostic), "\(Expanded(source).diagnostics)")
    }

    @Test(arguments: [
        ("@Toolbox class A { @Tool func f() {} }", "@Toolbox final class A { @Tool func f() {} }"),
        ("@Toolbox\npublic class A { @Tool func f() {} }", "@Toolbox\npublic final class A { @Tool func f() {} }"),
    ])
    func aClassThatIsNotFinal(_ source: String, _ corrected: String) {
        let expanded = Expanded(source)
        #expect(expanded.diagnostics.first?.contains("only a final class can be Sendable; make it 'final' [make it 'final']") == true)
        #expect(expanded.fixed == corrected)
    }
}
