import MCPCore

/// Requests of the server while a call runs, as a session has them.
enum AskingScenarios {
    static let all = [sampling, elicitation, declined, defaults, enums, undeclared]

    private static let sampling = Scenario<ServerSubject>(
        "tools-call-sampling", "A tool that asks the client's model", revisions: .handshake,
        checks: [Check("tools-call-sampling", "test_sampling asks with its prompt, and its result holds the answer")]
    ) { target, run in
        try await target.converse(run, capabilities: ["sampling": [:]]) { server in
            let prompt = "What does conformance mean?"
            let reply = try await server.callTool("test_sampling", ["prompt": .string(prompt)], answering: FormAnswers.result)
            let asked = reply.requests("sampling/createMessage")
            run.check("tools-call-sampling", asked.count == 1, "the client was asked \(asked.count) times; the call ended with \(reply.seen)")
            let text = asked.first?["messages"]?.serializedString ?? ""
            run.check("tools-call-sampling", text.contains(prompt), "the messages do not hold the prompt: \(text)")
            let result = try reply.result()
            run.check("tools-call-sampling", !result.isError && result.text.contains(FormAnswers.sampled), "the result is \(result.text)")
        }
    }

    private static let elicitation = Scenario<ServerSubject>(
        "tools-call-elicitation", "A tool that asks the user", revisions: .between(.v2025_06_18, .v2025_11_25),
        checks: [Check("tools-call-elicitation", "test_elicitation asks with its message and a schema, and goes on with the answer")]
    ) { target, run in
        try await target.converse(run, capabilities: ["elicitation": [:]]) { server in
            let message: JSONValue = "Who are you, for conformance?"
            let reply = try await server.callTool("test_elicitation", ["message": message], answering: FormAnswers.result)
            let asked = reply.requests("elicitation/create")
            run.check("tools-call-elicitation", asked.count == 1, "the client was asked \(asked.count) times; the call ended with \(reply.seen)")
            run.check("tools-call-elicitation", asked.first?["message"] == message, "the question was \(asked.json.excerpt)")
            run.check(
                "tools-call-elicitation", asked.first?["requestedSchema"]?["type"] == "object", "the schema is missing in \(asked.json.excerpt)")
            let result = try reply.result()
            run.check("tools-call-elicitation", !result.isError && !result.text.isEmpty, "the result is \(JSONValue.object(result).excerpt)")
        }
    }

    private static let declined = Scenario<ServerSubject>(
        "tools-call-elicitation-declined", "A user who does not answer", revisions: .between(.v2025_06_18, .v2025_11_25), scoring: .additional,
        checks: [Check("tools-call-elicitation-declined", "A call whose question is declined or cancelled ends with a result that says otherwise")]
    ) { target, run in
        try await target.converse(run, capabilities: ["elicitation": [:]]) { server in
            var texts: Set<String> = []
            for action in ["accept", "decline", "cancel"] as [JSONValue] {
                let reply = try await server.callTool("test_elicitation", ["message": "Go on?"]) { method, params in
                    action == "accept" ? FormAnswers.result(method, params) : ["action": action]
                }
                run.check("tools-call-elicitation-declined", reply.requests.count == 1, "nothing was asked")
                texts.insert(try reply.result().text)
            }
            run.check("tools-call-elicitation-declined", texts.count == 3, "the results are \(texts.sorted())")
        }
    }

    private static let defaults = Scenario<ServerSubject>(
        "elicitation-sep1034-defaults", "A form with defaults", revisions: .between(.v2025_11_25, .v2025_11_25),
        checks: [
            Check("elicitation-sep1034-string-default", "The field name is a string with the default \"John Doe\""),
            Check("elicitation-sep1034-integer-default", "The field age is an integer with the default 30"),
            Check("elicitation-sep1034-number-default", "The field score is a number with the default 95.5"),
            Check("elicitation-sep1034-enum-default", "The field status is a choice with the default \"active\""),
            Check("elicitation-sep1034-boolean-default", "The field verified is a boolean with the default true"),
        ]
    ) { target, run in
        try await target.converse(run, capabilities: ["elicitation": [:]]) { server in
            let reply = try await server.callTool("test_elicitation_sep1034_defaults", [:], answering: FormAnswers.result)
            let fields = reply.requests("elicitation/create").first?["requestedSchema"]?["properties"]
            func field(_ name: String, _ check: String, _ holds: (JSONValue) -> Bool) {
                let field = fields?[name]
                run.check("elicitation-sep1034-\(check)-default", field.map(holds) ?? false, "\(name) is \(field?.excerpt ?? "missing")")
            }
            field("name", "string") { $0["type"] == "string" && $0["default"] == "John Doe" }
            field("age", "integer") { $0["type"] == "integer" && $0["default"]?.integer == 30 }
            field("score", "number") { $0["type"] == "number" && $0["default"]?.double == 95.5 }
            field("status", "enum") { $0["default"] == "active" && choices(of: $0).contains("active") }
            field("verified", "boolean") { $0["type"] == "boolean" && $0["default"] == true }
            _ = try reply.result()
        }
    }

    private static func choices(of field: JSONValue) -> [JSONValue] {
        field["enum"]?.array ?? (field["oneOf"]?.array ?? []).compactMap { $0["const"] }
    }

    private static let enums = Scenario<ServerSubject>(
        "elicitation-sep1330-enums", "A form with choices of all five shapes", revisions: .between(.v2025_11_25, .v2025_11_25),
        checks: [
            Check("elicitation-sep1330-untitled-single", "One of a few: a string with enum"),
            Check("elicitation-sep1330-titled-single", "One of a few with titles: a string with oneOf of const and title"),
            Check("elicitation-sep1330-legacy-enumnames", "One of a few with titles as they were: enum and enumNames"),
            Check("elicitation-sep1330-untitled-multi", "Some of a few: an array whose items have enum"),
            Check("elicitation-sep1330-titled-multi", "Some of a few with titles: an array whose items have anyOf of const and title"),
        ]
    ) { target, run in
        try await target.converse(run, capabilities: ["elicitation": [:]]) { server in
            let reply = try await server.callTool("test_elicitation_sep1330_enums", [:], answering: FormAnswers.result)
            let fields = reply.requests("elicitation/create").first?["requestedSchema"]?["properties"]?.object ?? [:]
            func some(_ check: String, _ holds: (JSONValue) -> Bool) {
                run.check("elicitation-sep1330-\(check)", fields.contains { holds($0.value) }, "the fields are \(JSONValue.object(fields).excerpt)")
            }
            some("untitled-single") { $0["type"] == "string" && isStrings($0["enum"]) && $0["enumNames"] == nil && $0["oneOf"] == nil }
            some("titled-single") { $0["type"] == "string" && isTitled($0["oneOf"]) && $0["enum"] == nil }
            some("legacy-enumnames") {
                $0["type"] == "string" && isStrings($0["enum"]) && isStrings($0["enumNames"]) && $0["enumNames"]?.array?.count == $0["enum"]?.array?.count
            }
            some("untitled-multi") { $0["type"] == "array" && isStrings($0["items"]?["enum"]) }
            some("titled-multi") { $0["type"] == "array" && isTitled($0["items"]?["anyOf"]) }
            _ = try reply.result()
        }
    }

    private static func isStrings(_ value: JSONValue?) -> Bool {
        value?.array.map { !$0.isEmpty && $0.allSatisfy { $0.string != nil } } ?? false
    }

    private static func isTitled(_ value: JSONValue?) -> Bool {
        value?.array.map { !$0.isEmpty && $0.allSatisfy { $0["const"]?.string != nil && $0["title"]?.string != nil } } ?? false
    }

    private static let undeclared = Scenario<ServerSubject>(
        "asking-undeclared-capability", "A client that can be asked nothing", revisions: .handshake, scoring: .additional,
        checks: [Check("asking-undeclared-capability", "A server asks nothing that the client has not declared; the call ends all the same")]
    ) { target, run in
        try await target.converse(run) { server in
            try await server.requireTools("test_sampling")
            let reply = try await server.callTool("test_sampling", ["prompt": "Hello"], answering: FormAnswers.result)
            run.check("asking-undeclared-capability", reply.requests.isEmpty, "the client was asked \(reply.requests.json.excerpt)")
            // With an error, or with a result that says what is missing: both are the server's to choose.
            run.check("asking-undeclared-capability", reply.response != nil, "the call ended with \(reply.seen)")
        }
    }
}
