import MCPCore

/// Tools: listing them, calling them, and what becomes of their schemas.
enum ClientToolScenarios {
    static let all = [call, preservation, references]

    static let call = Scenario<ClientSubject>.client(
        "tools_call", "The client lists the tools and calls add_numbers with two numbers.", revisions: .since(.v2025_06_18),
        bindings: [.http, .stdio], scoring: .scored,
        checks: [
            Check("tools-listed", "The client lists the tools."),
            Check("tool-add-numbers", "The client calls add_numbers with the numbers a and b."),
        ],
        script: { run in
            let number: JSONValue = ["type": "number"]
            return StandardServer(
                run: run,
                tools: [
                    StandardServer.tool(
                        "add_numbers", "Adds two numbers.", ["type": "object", "properties": ["a": number, "b": number], "required": ["a", "b"]])
                ],
                call: { call, server in
                    guard call.name == "add_numbers", let a = call.arguments["a"]?.double, let b = call.arguments["b"]?.double else {
                        return server.error(-32602, "add_numbers takes the numbers a and b", to: call.message)
                    }
                    return server.text("\(a + b)", to: call.message)
                })
        },
        conclude: { run in
            if !run.messages(of: "tools/list").isEmpty { run.check("tools-listed", true, "") }
            guard let call = run.messages(of: "tools/call").first else { return }
            let arguments = call.params["arguments"]
            run.check(
                "tool-add-numbers",
                call.params["name"] == "add_numbers" && arguments?["a"]?.double != nil && arguments?["b"]?.double != nil,
                "expected add_numbers with the numbers a and b, found \(call.params.serializedString)")
        })

    /// A schema with what clients like to lose.
    static let schema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "$defs": [
            "address": ["$anchor": "addressDef", "type": "object", "properties": ["street": ["type": "string"], "city": ["type": "string"]]]
        ],
        "properties": [
            "name": ["type": "string"], "address": ["$ref": "#/$defs/address"], "contactMethod": ["enum": ["phone", "email"]],
            "phone": ["type": "string"], "email": ["type": "string"],
        ],
        "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
        "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
        "then": ["required": ["phone"]], "else": ["required": ["email"]], "additionalProperties": false,
    ]

    static let preservation = Scenario<ClientSubject>.client(
        "json-schema-2020-12-preservation",
        "The client sends the inputSchema of json_schema_2020_12_tool back through json_schema_echo, with nothing lost.", revisions: .since(.v2025_11_25),
        bindings: [.http, .stdio],
        scoring: .notScored(.addedAfterRelease),
        checks: [
            Check("json-schema-2020-12-client-tool-found", "The client lists the tools."),
            Check("json-schema-2020-12-client-echo-completed", "The client sends a schema back."),
            Check("json-schema-2020-12-client-$schema-preserved", "$schema is kept."),
            Check("json-schema-2020-12-client-$defs-preserved", "$defs is kept."),
            Check("json-schema-2020-12-client-additionalProperties-preserved", "additionalProperties is kept."),
            Check("sep-2106-client-composition-keywords-preserved", "allOf and anyOf are kept."),
            Check("sep-2106-client-conditional-keywords-preserved", "if, then and else are kept."),
            Check("sep-2106-client-anchor-keyword-preserved", "$anchor inside $defs is kept."),
            Check("json-schema-2020-12-client-unchanged", "Nothing at all is changed."),
        ],
        script: { run in
            StandardServer(
                run: run,
                tools: [
                    StandardServer.tool("json_schema_2020_12_tool", "Has a schema with keywords of JSON Schema 2020-12.", schema),
                    StandardServer.tool(
                        "json_schema_echo", "Takes a schema.",
                        ["type": "object", "properties": ["schema": ["type": "object"]], "required": ["schema"]]),
                ], call: { call, server in server.text("Taken.", to: call.message) })
        },
        conclude: { run in
            if !run.messages(of: "tools/list").isEmpty { run.check("json-schema-2020-12-client-tool-found", true, "") }
            guard let echo = run.calls(of: "json_schema_echo").first else { return }
            let found = echo.params["arguments"]?["schema"] ?? .null
            run.check(
                "json-schema-2020-12-client-echo-completed", found.object != nil, "the argument schema must be an object, found \(found.typeName)")
            func same(_ id: String, _ names: String...) {
                for name in names {
                    run.check(
                        id, found[name] == schema[name],
                        "\(name) was \(schema[name]?.serializedString ?? ""), came back as \(found[name]?.serializedString ?? "nothing")")
                }
            }
            same("json-schema-2020-12-client-$schema-preserved", "$schema")
            same("json-schema-2020-12-client-$defs-preserved", "$defs")
            same("json-schema-2020-12-client-additionalProperties-preserved", "additionalProperties")
            same("sep-2106-client-composition-keywords-preserved", "allOf")
            same("sep-2106-client-conditional-keywords-preserved", "if", "then", "else")
            run.check(
                "sep-2106-client-anchor-keyword-preserved", found["$defs"]?["address"]?["$anchor"] == "addressDef", "$anchor inside $defs was lost")
            run.check("json-schema-2020-12-client-unchanged", found == schema, "the schema came back changed: \(found.serializedString)")
        })

    static let references = Scenario<ClientSubject>.client(
        "json-schema-ref-no-deref", "The client lists a tool whose schema refers to a URL, and does not fetch it.", revisions: .perRequest,
        scoring: .scored,
        checks: [
            Check("sep-2106-no-network-ref-deref", "A client does not fetch what a schema refers to.")
        ],
        script: { run in
            StandardServer(
                run: run,
                tools: [
                    StandardServer.tool(
                        "lookup_user", "Looks a user up.",
                        [
                            "type": "object", "$defs": ["userId": ["type": "string"]],
                            "properties": ["id": ["$ref": "#/$defs/userId"], "profile": ["$ref": .string("\(run.origin)\(canary)")]],
                        ])
                ], requests: { $0.path?.hasPrefix(canary) == true ? .http(status: 200, headers: [("content-type", "application/json")], body: "true") : nil })
        },
        conclude: { run in
            guard !run.messages(of: "tools/list").isEmpty else { return }
            let fetched = run.requests.filter { $0.path?.hasPrefix(canary) == true }
            run.check("sep-2106-no-network-ref-deref", fetched.isEmpty, "the client fetched \(canary), which a schema refers to")
        })

    private static let canary = "/canary/profile-schema.json"
}
