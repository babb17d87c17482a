import MCPCore

/// What every request says of itself (2026-07-28).
enum MetadataScenarios {
    static let all = [requestMetadata]

    static let requestMetadata = Scenario<ClientSubject>.client(
        "request-metadata", "Every request says its revision in header and _meta; a refused version is answered with one that is supported.",
        revisions: .perRequest,
        scoring: .scored,
        checks: [
            Check("sep-2575-http-client-sends-version-header", "Every POST has MCP-Protocol-Version."),
            Check("sep-2575-client-populates-meta", "Every request has protocolVersion and clientCapabilities in _meta."),
            Check("sep-2575-client-sends-client-info", "Every request should have clientInfo in _meta."),
            Check("sep-2575-http-version-header-matches-meta", "Header and _meta name the same revision."),
            Check("sep-2575-client-declares-roots-capability", "The capability roots, where it is declared, is an object."),
            Check("sep-2575-client-declares-sampling-capability", "The capability sampling, where it is declared, is an object."),
            Check("sep-2575-client-declares-elicitation-capability", "The capability elicitation, where it is declared, is an object."),
            Check("sep-2575-client-retry-supported-version", "After -32022 the client asks again in a version that the server supports."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: [StandardServer.tool("add_numbers", "Adds two numbers.")],
                first: { message, server in
                    // Once, whatever the first request is.
                    guard run.messages.filter({ $0.id != nil }).count == 1 else { return nil }
                    let asked = message.meta?[MetaKey.protocolVersion] ?? "none"
                    return server.error(
                        -32022, "Unsupported protocol version", data: ["supported": ["2026-07-28"], "requested": .string(asked.string ?? "none")], to: message,
                        status: 400)
                }, call: { call, server in server.text("8", to: call.message) })
        },
        conclude: { run in
            let requests = run.messages.filter { $0.method != nil && $0.id != nil }
            for request in requests { check(request, run) }
            guard requests.count > 1 else { return }
            let retry = requests[1]
            run.check(
                "sep-2575-client-retry-supported-version",
                retry.header("mcp-protocol-version") == "2026-07-28" && retry.meta?[MetaKey.protocolVersion] == "2026-07-28",
                "after -32022 the client asks again in a version of data.supported")
        })

    private static func check(_ request: ClientMessage, _ run: ClientRun) {
        let method = request.method ?? ""
        let header = request.header("mcp-protocol-version")
        run.check("sep-2575-http-client-sends-version-header", header != nil, "\(method) came without MCP-Protocol-Version")
        let version = request.meta?[MetaKey.protocolVersion]
        let capabilities = request.meta?[MetaKey.clientCapabilities]
        run.check(
            "sep-2575-client-populates-meta", version?.string != nil && capabilities?.object != nil,
            "\(method) must say protocolVersion and clientCapabilities in _meta")
        run.recommend(
            "sep-2575-client-sends-client-info", request.meta?[MetaKey.clientInfo]?["name"]?.string != nil, "\(method) should say clientInfo in _meta")
        run.check(
            "sep-2575-http-version-header-matches-meta", header == version?.string,
            "\(method): the header says \(header ?? "nothing"), _meta \(version?.serializedString ?? "nothing")")
        for name in ["roots", "sampling", "elicitation"] {
            let declared = capabilities?[name]
            run.check(
                "sep-2575-client-declares-\(name)-capability", declared == nil || declared?.object != nil,
                "\(method): the capability \(name) must be an object, found \(declared?.typeName ?? "")")
        }
    }
}
