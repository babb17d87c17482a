import MCPMacros

/// A form with a default for each kind of field (SEP-1034).
@Schema struct Defaults: Sendable {
    /// Your name.
    var name: String = "John Doe"
    /// Your age.
    var age: Int = 30
    /// Your score.
    var score: Double = 95.5
    /// Your status.
    var status: Status = .active
    /// Whether you are verified.
    var verified: Bool = true
}

@Schema enum Status: String, Sendable { case active, inactive, pending }

/// Tools whose questions are forms of all shapes.
@Toolbox struct FormTools {
    /// Asks with a default for each kind of field.
    @Tool("test_elicitation_sep1034_defaults") func defaults(context: RequestContext) async throws -> String {
        let answer = try await context.elicit("defaults", Defaults.self, "Please check your data.")
        guard let value = answer.accepted else { return "Elicitation was not accepted." }
        return "Elicitation completed: \(value.name), \(value.age), \(value.score), \(value.status.rawValue), \(value.verified)"
    }

    /// Asks with choices in the five shapes that the specification knows (SEP-1330).
    @Tool("test_elicitation_sep1330_enums") func enums(context: RequestContext) async throws -> HandlerOutcome<String> {
        if let answer = context.inputResponses["choices"] { return .complete("Elicitation completed: \(answer["content"]?.serializedString ?? "none")") }
        let options: [JSONValue] = ["option1", "option2", "option3"]
        let titled: [JSONValue] = (1...3).map { ["const": .string("value\($0)"), "title": .string("Option \($0)")] }
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "untitledSingle": ["type": "string", "description": "One of a few.", "enum": .array(options)],
                "titledSingle": ["type": "string", "description": "One of a few, with titles.", "oneOf": .array(titled)],
                "legacyEnum": [
                    "type": "string", "description": "One of a few, with titles as they were.", "enum": ["opt1", "opt2", "opt3"],
                    "enumNames": ["Option One", "Option Two", "Option Three"],
                ],
                "untitledMulti": [
                    "type": "array", "description": "Some of a few.", "minItems": 1, "maxItems": 3,
                    "items": ["type": "string", "enum": .array(options)],
                ],
                "titledMulti": [
                    "type": "array", "description": "Some of a few, with titles.", "minItems": 1, "maxItems": 3, "items": ["anyOf": .array(titled)],
                ],
            ],
        ]
        return .inputRequired(
            InputRequired([
                (
                    "choices",
                    InputRequired.Request(
                        method: "elicitation/create",
                        params: ["mode": "form", "message": "Please choose.", "requestedSchema": schema])
                )
            ]))
    }

    /// Asks the user to open a page.
    @Tool("test_elicitation_url") func page(context: RequestContext) async throws -> String {
        switch try await context.elicit("page", url: "https://example.com/sign-in", "Please sign in there.") {
        case .accept: "The user opens the page."
        case .decline: "The user declined."
        case .cancel: "The user cancelled."
        }
    }
}
