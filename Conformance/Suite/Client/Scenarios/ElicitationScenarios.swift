import MCPCore

/// Questions of a server to the user.
enum ElicitationScenarios {
    static let all = [defaults]

    static let defaults = Scenario<ClientSubject>.client(
        "elicitation-sep1034-client-defaults", "The client accepts a form and fills in the defaults of its fields.",
        revisions: .between(.v2025_11_25, .v2025_11_25), bindings: [.http, .stdio], scoring: .scored,
        checks: fields.map { Check("client-elicitation-sep1034-\($0.kind)-default", "The field \($0.name) has its default.") },
        script: { run in
            StandardServer(
                run: run, tools: [StandardServer.tool("test_client_elicitation_defaults", "Asks with a form that has defaults.")],
                call: { call, server in
                    .events { sink in
                        let answer = try await run.ask("elicitation/create", form, through: sink)
                        try await sink.send(server.textResponse("Got \(answer["result"]?.serializedString ?? "an error")", to: call.message))
                    }
                })
        },
        conclude: { run in
            guard let answer = run.messages.first(where: { $0.method == nil && $0.json["result"]?["action"] != nil }) else { return }
            let result = answer.json["result"]
            for field in fields {
                let found = result?["content"]?[field.name]
                run.check(
                    "client-elicitation-sep1034-\(field.kind)-default", result?["action"] == "accept" && field.fits(found ?? .null),
                    "expected accept with \(field.name) = \(field.value.serializedString), found \(result?.serializedString ?? "nothing")")
            }
        })

    private struct Field: Sendable {
        var kind: String
        var name: String
        var schema: JSONObject
        var value: JSONValue

        /// Whether a value is the default, whatever way a number is written.
        func fits(_ found: JSONValue) -> Bool { found == value || (value.double != nil && found.double == value.double) }
    }

    private static let fields = [
        Field(kind: "string", name: "name", schema: ["type": "string"], value: "John Doe"),
        Field(kind: "integer", name: "age", schema: ["type": "integer"], value: 30),
        Field(kind: "number", name: "score", schema: ["type": "number"], value: 95.5),
        Field(kind: "enum", name: "status", schema: ["type": "string", "enum": ["active", "inactive", "pending"]], value: "active"),
        Field(kind: "boolean", name: "verified", schema: ["type": "boolean"], value: true),
    ]

    private static let form: JSONValue = [
        "message": "Accept the form as it is.",
        "requestedSchema": [
            "type": "object", "required": [],
            "properties": .object(
                JSONObject(
                    fields.map { field in
                        var schema = field.schema
                        schema["default"] = field.value
                        return (field.name, .object(schema))
                    })),
        ],
    ]
}
