import MCPCore

/// The headers that repeat what a body says (2026-07-28, SEP-2243).
enum ClientHeaderScenarios {
    static let all = [standard, parameters, invalidTools]

    static let standard = Scenario<ClientSubject>.client(
        "http-standard-headers", "Mcp-Method on every POST, Mcp-Name on calls, reads and prompts.", revisions: .perRequest,
        scoring: .scored,
        checks: [
            Check("sep-2243-client-includes-standard-headers", "Mcp-Method repeats the method of every message."),
            Check("sep-2243-client-includes-name-header", "Mcp-Name repeats the name or URI of calls, reads and prompts."),
        ],
        script: { run in
            StandardServer(
                run: run, capabilities: ["tools": [:], "resources": [:], "prompts": [:]],
                tools: ["add_numbers", "test_headers", "my-hyphenated-tool"].map { StandardServer.tool($0) },
                results: [
                    "resources/list": [
                        "resources": [
                            ["uri": "file:///path/to/file%20name.txt", "name": "File with spaces"],
                            ["uri": "https://example.com/resource?id=123", "name": "Resource with query string"],
                        ]
                    ],
                    "resources/read": ["contents": [["uri": "file:///path/to/file%20name.txt", "text": "Hello."]]],
                    "prompts/list": ["prompts": [["name": "test_prompt"]]],
                    "prompts/get": ["messages": [["role": "user", "content": ["type": "text", "text": "Hello."]]]],
                ], call: { call, server in server.text("8", to: call.message) })
        },
        conclude: { run in
            let messages = run.messages.filter { $0.method != nil }
            // A client that only opens has shown nothing.
            guard messages.contains(where: { $0.method == "tools/list" }) else { return }
            for message in messages {
                let method = message.method ?? ""
                run.check(
                    "sep-2243-client-includes-standard-headers", message.header("mcp-method") == method,
                    "Mcp-Method must be \(method), found \(message.header("mcp-method") ?? "none")")
                guard let member = ["tools/call": "name", "prompts/get": "name", "resources/read": "uri"][method] else { continue }
                let expected = message.params[member]?.string
                run.check(
                    "sep-2243-client-includes-name-header", message.header("mcp-name").map(HeaderText.decode) == expected,
                    "\(method): Mcp-Name must be \(expected ?? "there"), found \(message.header("mcp-name") ?? "none")")
            }
        })

    // MARK: Mcp-Param-*

    private struct Parameter: Sendable {
        var name: String
        var type: String
        /// The name in `x-mcp-header`; `nil` for no header.
        var header: String?
        var value: JSONValue
        /// The text of the value.
        var text: String

        init(_ name: String, _ type: String = "string", header: String?, _ value: JSONValue, _ text: String) {
            self.name = name
            self.type = type
            self.header = header
            self.value = value
            self.text = text
        }

        init(_ name: String, header: String?, _ text: String) { self.init(name, header: header, .string(text), text) }

        var schema: JSONValue {
            var schema: JSONObject = ["type": .string(type)]
            if let header { schema["x-mcp-header"] = .string(header) }
            return .object(schema)
        }
    }

    private static let mirrored: [Parameter] = [
        Parameter("region", header: "Region", "us-west1"), Parameter("priority", "integer", header: "Priority", 42, "42"),
        Parameter("verbose", "boolean", header: "Verbose", false, "false"), Parameter("debug", "boolean", header: "Debug", true, "true"),
        Parameter("empty_val", header: "EmptyVal", ""), Parameter("method_val", header: "Method", "test-method"),
        Parameter("float_val", "number", header: nil, 3.14159, "3.14159"), Parameter("non_ascii_val", header: "NonAscii", "Hello, 世界"),
        Parameter("whitespace_val", header: "Whitespace", " padded "), Parameter("leading_space_val", header: "LeadingSpace", " us-west1"),
        Parameter("trailing_space_val", header: "TrailingSpace", "us-west1 "), Parameter("internal_space_val", header: "InternalSpace", "us west 1"),
        Parameter("control_char_val", header: "ControlChar", "line1\nline2"), Parameter("crlf_val", header: "CrLf", "line1\r\nline2"),
        Parameter("tab_val", header: "Tab", "\tindented"), Parameter("query", header: nil, "SELECT * FROM users"),
        Parameter("sentinel_val", header: "Sentinel", "=?base64?aGk=?="),
    ]

    static let parameters = Scenario<ClientSubject>.client(
        "http-custom-headers", "Arguments with x-mcp-header are repeated in Mcp-Param-*, encoded where they have to be; null is left out.",
        revisions: .perRequest, scoring: .scored, context: parameterContext,
        checks: [
            Check("sep-2243-client-supports-custom-headers", "Arguments are repeated in Mcp-Param-* headers."),
            Check("sep-2243-client-mirrors-designated-params", "Exactly the parameters with x-mcp-header are repeated."),
            Check("sep-2243-client-encode-values", "Numbers and truth values are written as JSON writes them."),
            Check("sep-2243-client-base64-unsafe", "What a header cannot carry is encoded in Base64."),
            Check("sep-2243-client-omit-null", "A parameter that is null has no header."),
        ],
        script: { run in
            let schema: JSONValue = ["type": "object", "properties": .object(JSONObject(mirrored.map { ($0.name, $0.schema) }))]
            return StandardServer(
                run: run, tools: ["test_custom_headers", "test_custom_headers_null"].map { StandardServer.tool($0, "Has parameters with headers.", schema) },
                call: { call, server in server.text("Called.", to: call.message) })
        },
        conclude: { run in
            if let call = run.calls(of: "test_custom_headers").first { checkParameters(of: call, run) }
            if let call = run.calls(of: "test_custom_headers_null").first {
                run.check(
                    "sep-2243-client-omit-null", call.header("mcp-param-verbose") == nil && call.header("mcp-param-region") == "us-east1",
                    "a parameter that is null has no header, the others have theirs")
            }
        })

    private static let parameterContext: JSONObject = [
        "toolCalls": [
            ["name": "test_custom_headers", "arguments": .object(JSONObject(mirrored.map { ($0.name, $0.value) }))],
            ["name": "test_custom_headers_null", "arguments": ["region": "us-east1", "priority": 1, "verbose": nil, "query": "SELECT 1"]],
        ]
    ]

    private static func checkParameters(of call: ClientMessage, _ run: ClientRun) {
        run.check(
            "sep-2243-client-supports-custom-headers",
            call.head?.headerFields.contains { $0.name.canonicalName.hasPrefix("mcp-param-") } == true, "the call has no Mcp-Param-* header at all")
        for parameter in mirrored {
            guard let name = parameter.header else {
                run.check(
                    "sep-2243-client-mirrors-designated-params", call.header("mcp-param-\(parameter.name)") == nil,
                    "\(parameter.name) has no x-mcp-header, and got a header")
                continue
            }
            let found = call.header("mcp-param-\(name)")
            let mustEncode = HeaderText.mustEncode(parameter.text)
            let id =
                mustEncode
                ? "sep-2243-client-base64-unsafe"
                : parameter.type == "string" ? "sep-2243-client-mirrors-designated-params" : "sep-2243-client-encode-values"
            let isRight = found.map { (!mustEncode || HeaderText.isEncoded($0)) && HeaderText.decode($0) == parameter.text } ?? false
            run.check(
                id, isRight,
                "Mcp-Param-\(name) must be \(parameter.text.debugDescription)\(mustEncode ? " in Base64" : ""), found \(found ?? "none")")
        }
    }

    // MARK: Tools that must be left out

    private static let invalid: [(tool: String, id: String, properties: JSONValue)] = {
        func one(_ header: JSONValue, type: JSONValue = "string") -> JSONValue { ["p": ["type": type, "x-mcp-header": header]] }
        func two(_ first: JSONValue, _ second: JSONValue) -> JSONValue {
            ["p": ["type": "string", "x-mcp-header": first], "q": ["type": "string", "x-mcp-header": second]]
        }
        return [
            ("invalid_empty_header", "sep-2243-x-mcp-header-not-empty", one("")),
            ("invalid_object_header", "sep-2243-x-mcp-header-primitive-only", one("Data", type: "object")),
            ("invalid_array_header", "sep-2243-x-mcp-header-primitive-only", one("Items", type: "array")),
            ("invalid_null_header", "sep-2243-x-mcp-header-primitive-only", one("Nothing", type: "null")),
            ("invalid_duplicate_same_case", "sep-2243-x-mcp-header-unique", two("Region", "Region")),
            ("invalid_duplicate_diff_case", "sep-2243-x-mcp-header-unique", two("MyField", "myfield")),
            ("invalid_space_in_name", "sep-2243-x-mcp-header-charset", one("My Region")),
            ("invalid_colon_in_name", "sep-2243-x-mcp-header-charset", one("Region:Primary")),
            ("invalid_non_ascii_name", "sep-2243-x-mcp-header-charset", one("Région")),
            ("invalid_control_char_name", "sep-2243-x-mcp-header-charset", one("Region\t1")),
        ]
    }()

    static let invalidTools = Scenario<ClientSubject>.client(
        "http-invalid-tool-headers", "Tools with an invalid x-mcp-header are left out, the valid one is not.", revisions: .perRequest,
        scoring: .scored, toleratesClientError: true,
        checks: [
            Check("sep-2243-client-reject-invalid-tool", "A valid tool is kept beside invalid ones."),
            Check("sep-2243-x-mcp-header-not-empty", "A tool with an empty x-mcp-header is left out."),
            Check("sep-2243-x-mcp-header-primitive-only", "A tool with x-mcp-header on what is no string, number or truth value is left out."),
            Check("sep-2243-x-mcp-header-unique", "A tool with two equal x-mcp-header is left out."),
            Check("sep-2243-x-mcp-header-charset", "A tool with an x-mcp-header that is no name of a header is left out."),
        ],
        script: { run in
            StandardServer(
                run: run,
                tools: invalid.map { StandardServer.tool($0.tool, "Has an invalid x-mcp-header.", ["type": "object", "properties": $0.properties]) }
                    + [
                        StandardServer.tool(
                            "valid_tool", "Has a valid one.",
                            ["type": "object", "properties": ["region": ["type": "string", "x-mcp-header": "Region"]]])
                    ], call: { call, server in server.text("Called.", to: call.message) })
        },
        conclude: { run in
            // Which tools a client leaves out can be seen only if it calls the others.
            guard !run.messages(of: "tools/list").isEmpty else { return }
            let called = Set(run.messages(of: "tools/call").compactMap { $0.params["name"]?.string })
            run.check("sep-2243-client-reject-invalid-tool", called.contains("valid_tool"), "valid_tool must be kept, and called")
            guard called.contains("valid_tool") else { return }
            for (tool, id, _) in invalid { run.check(id, !called.contains(tool), "\(tool) must not be called: its x-mcp-header is invalid") }
        })
}

/// The text of a header that repeats a value of the body (2026-07-28, basic/transports/streamable-http, "Value Encoding").
enum HeaderText {
    private static let start = "=?base64?"
    private static let end = "?="

    static func isEncoded(_ text: String) -> Bool { text.hasPrefix(start) && text.hasSuffix(end) && text.count >= start.count + end.count }

    static func decode(_ text: String) -> String {
        guard isEncoded(text), let bytes = Base64.decode(String(text.dropFirst(start.count).dropLast(end.count))) else { return text }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a header cannot carry a text as it is.
    static func mustEncode(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 || $0.value > 0x7E } || text.first == " " || text.last == " " || isEncoded(text)
    }
}
