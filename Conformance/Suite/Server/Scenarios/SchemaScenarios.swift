import MCPCore

/// Schemas of tools reach the client as they are.
enum SchemaScenarios {
    static let all = [jsonSchema]

    private static let jsonSchema = Scenario<ServerSubject>(
        "json-schema-2020-12", "An input schema with the keywords of JSON Schema 2020-12", revisions: .since(.v2025_11_25),
        scoring: .notScored(.pending),
        checks: [
            Check("json-schema-2020-12-tool-found", "json_schema_2020_12_tool is listed"),
            Check("json-schema-2020-12-$schema", "$schema names the dialect"),
            Check("json-schema-2020-12-$defs", "$defs has the definition of an address"),
            Check("json-schema-2020-12-additionalProperties", "additionalProperties is false"),
            Check("sep-2106-composition-keywords-preserved", "allOf and anyOf are there"),
            Check("sep-2106-conditional-keywords-preserved", "if, then and else are there"),
            Check("sep-2106-anchor-keyword-preserved", "The definition has its $anchor"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let tool = try await server.list("tools/list", "tools").first { $0["name"] == "json_schema_2020_12_tool" }
            run.check("json-schema-2020-12-tool-found", tool != nil, "there is no such tool")
            guard let schema = tool?["inputSchema"] else { return }
            func has(_ check: String, _ holds: Bool) { run.check(check, holds, "the schema is \(schema.excerpt)") }
            has("json-schema-2020-12-$schema", schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
            has("json-schema-2020-12-$defs", schema["$defs"]?["address"]?["properties"]?.object?.isEmpty == false)
            has("json-schema-2020-12-additionalProperties", schema["additionalProperties"] == false)
            let composed = schema["allOf"]?.array ?? []
            has(
                "sep-2106-composition-keywords-preserved",
                composed.contains { $0["anyOf"]?.array?.isEmpty == false } || (!composed.isEmpty && schema["anyOf"] != nil))
            has("sep-2106-conditional-keywords-preserved", ["if", "then", "else"].allSatisfy { schema[$0]?.object?.isEmpty == false })
            has("sep-2106-anchor-keyword-preserved", schema["$defs"]?["address"]?["$anchor"]?.string?.isEmpty == false)
        }
    }
}
