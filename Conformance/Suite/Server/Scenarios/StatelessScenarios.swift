import MCPCore

/// Requests that carry all that a server must know (2026-07-28, basic, "Per-request metadata", and basic/versioning).
enum StatelessScenarios {
    static let all = [stateless, knownMethods, caching, logLevel]

    private static let removed = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]
    private static let unsupportedVersion = "v999.0.0"
    private static let httpOnly: Set<Binding> = [.http]

    private static let stateless = Scenario<ServerSubject>(
        "server-stateless", "Each request stands for itself", revisions: .perRequest,
        checks: [
            Check("sep-2575-request-meta-invalid-missing-meta", "A request without _meta is refused with -32602", on: httpOnly),
            Check("sep-2575-request-meta-invalid-missing-protocol-version", "So is one without protocolVersion", on: httpOnly),
            Check("sep-2575-request-meta-invalid-missing-client-capabilities", "So is one without clientCapabilities"),
            Check("sep-2575-http-server-meta-invalid-400", "The HTTP status of such refusals is 400", on: httpOnly),
            Check("sep-2575-request-meta-client-info-optional", "A request without clientInfo is served"),
            Check("sep-2575-server-implements-discover", "`server/discover` names supported versions, this one among them, and capabilities"),
            Check("sep-2575-server-identifies-in-result-meta", "The server names itself in the _meta of the result"),
            Check("sep-2575-server-declares-prompts-in-discover", "A server that serves prompts declares them"),
            Check("sep-2575-discover-capabilities-match-handlers", "What is declared is served, and what is not declared is not"),
            Check("sep-2575-server-unsupported-version-error", "An unknown version is refused with -32022, the supported ones and the requested one"),
            Check("sep-2575-http-server-unsupported-version-400", "The HTTP status of that is 400", on: httpOnly),
            Check("sep-2575-http-server-header-mismatch-400", "A version header that differs from _meta is refused with 400 and -32020", on: httpOnly),
            Check(
                "sep-2575-server-rejects-undeclared-capability", "A call that needs a capability that is not declared is refused with -32021, which names it"),
            Check("sep-2575-missing-capability-http-400", "The HTTP status of that is 400", on: httpOnly),
        ]
            + removed.map { Check(removedCheck($0), "`\($0)`, which this revision does not have, is not found: 404 on HTTP, -32601") }
            + [
                Check("sep-2575-http-server-method-not-found-404", "A method that never was is not found: 404 on HTTP, -32601"),
                Check("sep-2575-http-server-no-independent-requests-on-stream", "The server sends no requests of its own"),
                Check("sep-2575-server-no-log-without-loglevel", "Without logLevel in _meta there are no log messages"),
                Check("sep-2575-http-server-error-jsonrpc-id", "All errors carry the id of their request"),
            ] + SubscriptionScenarios.statelessChecks
    ) { target, run in
        try await target.converse(run) { server in
            try await refusals(server, run)
            let capabilities = try await discovery(server, run)
            try await versions(server, run)
            try await methods(server, run)
            try await streams(server, run)
            try await SubscriptionScenarios.stateless(server, run, capabilities)
        }
    }

    private static func removedCheck(_ method: String) -> String {
        "sep-2575-http-server-method-not-found-404-" + String(method.lowercased().map { $0 == "/" ? "-" : $0 })
    }

    /// The error of a reply carries the id of its request.
    private static func checkID(_ reply: Reply, _ run: ScenarioRun) {
        guard let response = reply.response, reply.error != nil else { return }
        run.check("sep-2575-http-server-error-jsonrpc-id", response["id"] == reply.id, "\(reply.id.excerpt) is answered with \(reply.seen)")
    }

    private static func refusals(_ server: Conversation, _ run: ScenarioRun) async throws {
        let meta = server.requiredMeta([:])
        func without(_ key: String) -> JSONObject {
            var meta = meta
            meta[key] = nil
            return ["_meta": .object(meta)]
        }
        var cases = [("missing-client-capabilities", without(MetaKey.clientCapabilities))]
        if run.binding == .http { cases += [("missing-meta", [:]), ("missing-protocol-version", without(MetaKey.protocolVersion))] }
        for (slug, params) in cases {
            let reply = try await server.raw("server/discover", params)
            run.check("sep-2575-request-meta-invalid-\(slug)", reply.errorCode == -32602, "it is answered with \(reply.seen)")
            if run.binding == .http {
                run.check("sep-2575-http-server-meta-invalid-400", reply.status == 400, "\(slug) is answered with \(reply.seen)")
            }
            checkID(reply, run)
        }
        let anonymous = try await server.raw("server/discover", without(MetaKey.clientInfo))
        let isServed = anonymous.response?["result"] != nil && anonymous.status ?? 200 == 200
        run.check("sep-2575-request-meta-client-info-optional", isServed, "it is answered with \(anonymous.seen)")
    }

    private static func discovery(_ server: Conversation, _ run: ScenarioRun) async throws -> JSONObject {
        let reply = try await server.call("server/discover")
        let result = reply.response?["result"]?.object ?? [:]
        let versions = result["supportedVersions"]?.array ?? []
        let capabilities = result["capabilities"]?.object
        run.check(
            "sep-2575-server-implements-discover", versions.contains(.string(run.revision.rawValue)) && capabilities != nil,
            "it is answered with \(reply.seen)")
        let info = result["_meta"]?[MetaKey.serverInfo]
        run.recommend(
            "sep-2575-server-identifies-in-result-meta",
            info?["name"]?.string?.isEmpty == false && info?["version"]?.string?.isEmpty == false, "its _meta is \(result["_meta"]?.excerpt ?? "missing")")
        for (capability, method) in [("prompts", "prompts/list"), ("tools", "tools/list"), ("resources", "resources/list")] {
            let list = try await server.call(method)
            let isDeclared = capabilities?[capability] != nil
            let holds = isDeclared ? list.response?["result"] != nil : list.errorCode == -32601
            let seen = "\(capability) is \(isDeclared ? "" : "not ")declared, and \(method) is answered with \(list.seen)"
            run.check("sep-2575-discover-capabilities-match-handlers", holds, seen)
            if capability == "prompts" { run.check("sep-2575-server-declares-prompts-in-discover", isDeclared || holds, seen) }
        }
        return capabilities ?? [:]
    }

    private static func versions(_ server: Conversation, _ run: ScenarioRun) async throws {
        let supported = try await server.call("server/discover").result()["supportedVersions"]?.array ?? []
        var meta = server.requiredMeta([:])
        meta[MetaKey.protocolVersion] = .string(unsupportedVersion)
        let params: JSONObject = ["_meta": .object(meta)]
        let unknown = try await server.raw("server/discover", params, headers: [("MCP-Protocol-Version", unsupportedVersion)])
        let named = unknown.error?["data"]?["supported"]?.array ?? []
        let holds =
            unknown.errorCode == -32022 && !named.isEmpty && named.allSatisfy(supported.contains)
            && unknown.error?["data"]?["requested"]?.string == unsupportedVersion
        run.check("sep-2575-server-unsupported-version-error", holds, "it is answered with \(unknown.seen)")
        checkID(unknown, run)
        guard run.binding == .http else { return }
        run.check("sep-2575-http-server-unsupported-version-400", unknown.status == 400, "it is answered with \(unknown.seen)")
        for (params, header) in [
            (params, run.revision.rawValue), (["_meta": .object(server.requiredMeta([:]))], "2025-11-25"),
            (["_meta": .object(server.requiredMeta([:]))], nil),
        ] {
            let mismatch = try await server.raw("server/discover", params, headers: [("MCP-Protocol-Version", header)])
            run.check(
                "sep-2575-http-server-header-mismatch-400", mismatch.status == 400 && mismatch.errorCode == -32020,
                "the header \(header ?? "(none)") is answered with \(mismatch.seen)")
            checkID(mismatch, run)
        }
    }

    private static func methods(_ server: Conversation, _ run: ScenarioRun) async throws {
        let reply = try await server.callTool("test_missing_capability", [:])
        let isRefused = reply.errorCode == -32021 && reply.error?["data"]?["requiredCapabilities"]?["sampling"]?.object != nil
        run.check("sep-2575-server-rejects-undeclared-capability", isRefused, "it is answered with \(reply.seen)")
        if run.binding == .http { run.check("sep-2575-missing-capability-http-400", reply.status == 400, "it is answered with \(reply.seen)") }
        checkID(reply, run)
        for method in removed + ["unknown/method"] {
            let reply = try await server.call(method, [:])
            let isNotFound = reply.errorCode == -32601 && (run.binding == .stdio || reply.status == 404)
            let check = method == "unknown/method" ? "sep-2575-http-server-method-not-found-404" : removedCheck(method)
            run.check(check, isNotFound, "it is answered with \(reply.seen)")
            checkID(reply, run)
        }
    }

    private static func streams(_ server: Conversation, _ run: ScenarioRun) async throws {
        let asking = try await server.callTool("test_streaming_elicitation", [:], capabilities: FormAnswers.capabilities)
        run.check(
            "sep-2575-http-server-no-independent-requests-on-stream", asking.requests.isEmpty && asking.response?["result"] != nil,
            "it is answered with \(asking.seen) and asks \(asking.requests.json.excerpt)")
        let silent = try await server.callTool("test_logging_tool", [:])
        run.check(
            "sep-2575-server-no-log-without-loglevel", try silent.notifications("notifications/message").isEmpty && !silent.result().isError,
            "\(silent.notifications("notifications/message").count) messages come, and \(silent.seen)")
    }

    private static let knownMethods = Scenario<ServerSubject>(
        "stateless-independent-requests", "Nothing is remembered from one request to the next", revisions: .perRequest, scoring: .additional,
        checks: [Check("stateless-capabilities-not-remembered", "A capability that an earlier request declared does not count for a later one")]
    ) { target, run in
        try await target.converse(run) { server in
            let declared = try await server.callTool("test_missing_capability", [:], capabilities: FormAnswers.capabilities)
            run.check(
                "stateless-capabilities-not-remembered", declared.response?["result"] != nil,
                "with sampling declared it is answered with \(declared.seen)")
            let undeclared = try await server.callTool("test_missing_capability", [:])
            run.check(
                "stateless-capabilities-not-remembered", undeclared.errorCode == -32021, "without it is answered with \(undeclared.seen)")
        }
    }

    private static let caching = Scenario<ServerSubject>(
        "caching", "Hints for caches", revisions: .perRequest,
        checks: cached.map { Check("sep-2549-\($0.check)-caching-hints", "The result of `\($0.method)` has ttlMs and cacheScope") }
            + [
                Check("sep-2549-ttl-non-negative", "ttlMs is an integer that is not negative"),
                Check("sep-2549-cache-scope-valid", "cacheScope is public or private"),
            ]
    ) { target, run in
        try await target.converse(run) { server in
            for (check, method, params) in cached {
                let result = try await server.call(method, params).result()
                run.check(
                    "sep-2549-\(check)-caching-hints", result["ttlMs"] != nil && result["cacheScope"] != nil,
                    "the members are \(result.keys)")
                run.check(
                    "sep-2549-ttl-non-negative", result["ttlMs"]?.integer.map { $0 >= 0 } ?? false,
                    "of \(method) it is \(result["ttlMs"]?.excerpt ?? "missing")")
                run.check(
                    "sep-2549-cache-scope-valid", ["public", "private"].contains(result["cacheScope"]?.string ?? ""),
                    "of \(method) it is \(result["cacheScope"]?.excerpt ?? "missing")")
            }
        }
    }

    private static let cached: [(check: String, method: String, params: JSONObject?)] = [
        ("tools-list", "tools/list", nil), ("prompts-list", "prompts/list", nil), ("resources-list", "resources/list", nil),
        ("resources-templates-list", "resources/templates/list", nil), ("resources-read", "resources/read", ["uri": "test://static-text"]),
    ]

    private static let logLevel = Scenario<ServerSubject>(
        "logging-per-request", "Log messages of a request that asks for them", revisions: .perRequest, scoring: .additional,
        checks: [
            Check("logging-level-debug", "With logLevel debug test_logging_tool sends messages before its result"),
            Check("logging-level-filter", "With logLevel error only messages of error and above come"),
            Check("logging-level-unknown", "A level that does not exist is refused with -32602"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let all = try await server.callTool("test_logging_tool", [:], meta: [MetaKey.logLevel: "debug"])
            run.check("logging-level-debug", !all.notifications("notifications/message").isEmpty, "none came before \(all.seen)")
            let severe: Set<String> = ["error", "critical", "alert", "emergency"]
            let some = try await server.callTool("test_logging_tool", [:], meta: [MetaKey.logLevel: "error"])
            let levels = some.notifications("notifications/message").compactMap { $0["level"]?.string }
            run.check("logging-level-filter", try levels.allSatisfy(severe.contains) && !some.result().isError, "the levels are \(levels)")
            let unknown = try await server.callTool("test_logging_tool", [:], meta: [MetaKey.logLevel: "loud"])
            run.recommend("logging-level-unknown", unknown.errorCode == -32602, "it is answered with \(unknown.seen)")
        }
    }
}
