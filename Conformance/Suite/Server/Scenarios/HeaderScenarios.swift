import MCPCore

/// Headers that mirror what a request says (2026-07-28, basic/transports/streamable-http, "Request Metadata").
enum HeaderScenarios {
    static let all = [standard, encodedName, parameters]

    private static let mismatch: Int64 = -32020

    private static let standard = HTTPScenarios.scenario(
        "http-header-validation", "Mcp-Method and Mcp-Name", revisions: .perRequest, scoring: .notScored(.pending),
        checks: [
            Check("sep-2243-server-reject-invalid-headers", "A header that is missing, or differs from the body, is refused with 400"),
            Check("sep-2243-server-reject-error-code", "The error of such a refusal is -32020"),
            Check("sep-2243-server-accepts-whitespace-header-value", "White space around a value does not count"),
            Check("sep-2243-header-name-case-insensitive", "The case of a header's name does not count"),
        ]
    ) { server, http, run in
        func refused(_ method: String, _ params: JSONObject?, _ headers: [(String, String?)]) async throws {
            let reply = try await exchange(server, method, params, headers)
            let sent = headers.map { "\($0.0): \($0.1 ?? "(none)")" }.joined(separator: ", ")
            run.check("sep-2243-server-reject-invalid-headers", reply.status == 400, "\(method) with \(sent) is answered with \(reply.seen)")
            run.check("sep-2243-server-reject-error-code", reply.errorCode == mismatch, "\(method) with \(sent) is answered with \(reply.seen)")
        }
        try await refused("tools/list", nil, [("Mcp-Method", "prompts/list")])
        try await refused("tools/list", nil, [("Mcp-Method", nil)])
        try await refused("tools/list", nil, [("Mcp-Method", "TOOLS/LIST")])
        let call: JSONObject = ["name": "test_simple_text", "arguments": [:]]
        try await refused("tools/call", call, [("Mcp-Name", "wrong_tool_name")])
        try await refused("tools/call", call, [("Mcp-Name", nil)])
        try await refused("resources/read", ["uri": "test://static-text"], [("Mcp-Name", "test://static-binary")])
        try await refused("resources/read", ["uri": "test://static-text"], [("Mcp-Name", nil)])
        try await refused("prompts/get", ["name": "test_simple_prompt"], [("Mcp-Name", "TEST_SIMPLE_PROMPT")])

        let spaces = try await exchange(server, "tools/call", call, [("Mcp-Name", "  test_simple_text \t")])
        run.check("sep-2243-server-accepts-whitespace-header-value", spaces.response?["result"] != nil, "it is answered with \(spaces.seen)")
        for transform in [{ (name: String) in name.lowercased() }, { $0.uppercased() }] {
            let message = server.request("tools/call", call)
            let headers = HTTPLink.headers(for: message, server.linkContext).map { (transform($0.0), $0.1) }
            run.sent(message)
            let reply = try await server.finish(http.post(message.serialized(), headers, method: "tools/call", id: message["id"]))
            run.check("sep-2243-header-name-case-insensitive", reply.response?["result"] != nil, "it is answered with \(reply.seen)")
        }
    }

    private static let encodedName = HTTPScenarios.scenario(
        "http-name-header-encoded", "Mcp-Name in the Base64 form", revisions: .perRequest, scoring: .additional,
        checks: [
            Check("http-name-header-decoded", "A name in the Base64 form is decoded before it is compared"),
            Check("http-name-header-encoded-mismatch", "One that differs from the body is refused with 400 and -32020"),
        ]
    ) { server, _, run in
        let call: JSONObject = ["name": "test_simple_text", "arguments": [:]]
        let right = try await exchange(server, "tools/call", call, [("Mcp-Name", "=?base64?dGVzdF9zaW1wbGVfdGV4dA==?=")])
        run.check("http-name-header-decoded", right.response?["result"] != nil, "it is answered with \(right.seen)")
        let wrong = try await exchange(server, "tools/call", call, [("Mcp-Name", "=?base64?d3Jvbmc=?=")])
        run.check(
            "http-name-header-encoded-mismatch", wrong.status == 400 && wrong.errorCode == mismatch, "it is answered with \(wrong.seen)")
    }

    private static let parameters = HTTPScenarios.scenario(
        "http-custom-header-server-validation", "Arguments that are mirrored in Mcp-Param headers", revisions: .perRequest,
        scoring: .notScored(.pending),
        checks: [
            Check("sep-2243-server-validate-param-match", "A header that says the same as the argument is accepted"),
            Check("sep-2243-server-decode-base64", "A value in the Base64 form is decoded before it is compared"),
            Check("sep-2243-server-reject-invalid-param-chars", "A Base64 form that cannot be decoded is refused with 400"),
            Check("sep-2243-server-reject-param-mismatch", "A header that differs or is missing is refused with 400 and -32020"),
        ]
    ) { server, _, run in
        let tools = try await server.list("tools/list", "tools")
        guard let (tool, property, header) = tools.lazy.compactMap(mirrored).first else {
            throw run.notApplicable("No tool mirrors a string of its arguments in a header")
        }
        func call(_ value: String, _ headerValue: String?) async throws -> Reply {
            try await exchange(
                server, "tools/call", ["name": .string(tool), "arguments": [property: .string(value)]], [("Mcp-Param-\(header)", headerValue)])
        }
        func accepted(_ check: String, _ value: String, _ headerValue: String) async throws {
            let reply = try await call(value, headerValue)
            run.check(check, reply.response?["result"] != nil, "\(headerValue) for '\(value)' is answered with \(reply.seen)")
        }
        func refused(_ check: String, _ value: String, _ headerValue: String?) async throws {
            let reply = try await call(value, headerValue)
            run.check(
                check, reply.status == 400 && reply.errorCode == mismatch,
                "\(headerValue ?? "no header") for '\(value)' is answered with \(reply.seen)")
        }
        try await accepted("sep-2243-server-validate-param-match", "us-west1", "us-west1")
        try await accepted("sep-2243-server-decode-base64", "us-west1", "=?base64?dXMtd2VzdDE=?=")
        try await accepted("sep-2243-server-decode-base64", "日本語", "=?base64?5pel5pys6Kqe?=")
        try await refused("sep-2243-server-reject-invalid-param-chars", "Hello", "=?base64?SGVs!!!bG8=?=")
        try await refused("sep-2243-server-reject-param-mismatch", "us-west1", "us-east1")
        try await refused("sep-2243-server-reject-param-mismatch", "us-west1", "=?base64?dXMtZWFzdDE=?=")
        try await refused("sep-2243-server-reject-param-mismatch", "us-west1", nil)
    }

    /// A tool whose only required argument is a string that is mirrored.
    private static func mirrored(_ tool: JSONObject) -> (tool: String, property: String, header: String)? {
        guard let name = tool["name"]?.string, let schema = tool["inputSchema"] else { return nil }
        for (property, definition) in schema["properties"]?.object ?? [:] {
            guard definition["type"] == "string", let header = definition["x-mcp-header"]?.string else { continue }
            if (schema["required"]?.array ?? []).allSatisfy({ $0.string == property }) { return (name, property, header) }
        }
        return nil
    }

    private static func exchange(
        _ server: Conversation, _ method: String, _ params: JSONObject?, _ headers: [(String, String?)]
    ) async throws -> Reply {
        try await server.finish(server.open(server.request(method, params), headers: headers))
    }
}
