import MCPMacros

/// The server that conformance suites are pointed at. Built on the SDK's public API only.
public enum FixtureServer {
    /// - Parameters:
    ///   - steps: Counts how often the step of `ask_twice` has run.
    ///   - isProtected: Whether requests come with access tokens: then there is a tool that needs a scope.
    public static func make(steps: Counter = Counter(), configuration: ServerConfiguration = .init(), isProtected: Bool = false) -> Server {
        let trigger = ChangeTrigger()
        var configuration = configuration
        if isProtected { configuration.scopes = ScopeRules(tools: ["test_scoped": [scope]]) }
        configuration.offersLogging = true
        let server = Server(
            Implementation(name: "conformance-server", version: "1.0.0", title: "Conformance fixtures"),
            instructions: "Tools whose behaviour is known, for tests of clients and of this SDK.", configuration: configuration
        ) {
            ContentTools()
            AskingTools(steps: steps)
            TimingTools()
            ModelTools()
            RoundTools()
            FormTools()
            LogTools()
            TaskTools()
            TasksExtension(limits: .init(pollIntervalMilliseconds: 100))
            schemaTool
            headerTool
            if isProtected { scopedTool }
            ResourceFixtures.features
            PromptFixtures.features
            ServerTool(Tool(name: "test_trigger_prompt_change", description: "Adds a prompt, or removes it again.")) { _, _ in
                CallToolResult(text: try trigger.togglePrompt() ? "A prompt was added." : "A prompt was removed.")
            }
            ServerTool(Tool(name: "test_trigger_resource_update", description: "Tells of an update of test://watched-resource.")) { _, _ in
                try trigger.updateResource()
                return CallToolResult(text: "An update was told.")
            }
            ServerTool(Tool(name: "test_trigger_tool_change", description: "Adds a tool, or removes it again.")) { _, _ in
                CallToolResult(text: try trigger.toggle() ? "A tool was added." : "A tool was removed.")
            }
        }
        trigger.attach(server)
        return server
    }

    /// A server that offers nothing.
    public static func makeEmpty() -> Server { Server("conformance-server", version: "1.0.0") }

    /// What calls of `test_scoped` need.
    static let scope = "conformance:scoped"

    private static var scopedTool: ServerTool {
        ServerTool(Tool(name: "test_scoped", description: "Says whose access token came with the call; needs the scope \(scope).")) { _, context in
            CallToolResult(text: context.peer.principal?.id ?? "nobody")
        }
    }

    /// A tool whose argument travels in a header too (SEP-2243).
    private static var headerTool: ServerTool {
        ServerTool(
            Tool(
                name: "test_x_mcp_header", description: "Takes a region, which HTTP clients mirror into the header Mcp-Param-Region.",
                inputSchema: [
                    "type": "object", "properties": ["region": ["type": "string", "x-mcp-header": "Region"]], "required": ["region"],
                ])
        ) { arguments, _ in CallToolResult(text: "Region: \(try arguments.decode("region", as: String.self))") }
    }

    /// A tool whose schema uses keywords of JSON Schema 2020-12 that must reach the client unchanged.
    private static var schemaTool: ServerTool {
        ServerTool(
            Tool(
                name: "json_schema_2020_12_tool", description: "Takes a person; its schema uses the keywords of JSON Schema 2020-12.",
                inputSchema: [
                    "$schema": "https://json-schema.org/draft/2020-12/schema",
                    "type": "object",
                    "$defs": [
                        "address": [
                            "$anchor": "addressDef", "type": "object",
                            "properties": ["street": ["type": "string"], "city": ["type": "string"]],
                        ]
                    ],
                    "properties": [
                        "name": ["type": "string"],
                        "address": ["$ref": "#/$defs/address"],
                        "contactMethod": ["type": "string", "enum": ["phone", "email"]],
                        "phone": ["type": "string"],
                        "email": ["type": "string"],
                    ],
                    "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
                    "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
                    "then": ["required": ["phone"]],
                    "else": ["required": ["email"]],
                    "additionalProperties": false,
                ])
        ) { arguments, _ in CallToolResult(text: arguments.object.json.serializedString) }
    }
}
