import MCPCore

/// Streamable HTTP: streams, sessions, statuses.
enum HTTPScenarios {
    static let all = [multipleStreams, rebinding, origin, sessionLifecycle, sessionRequired, versionHeader, notifications, polling, methods]

    static func scenario(
        _ name: String, _ summary: String, revisions: Set<ProtocolRevision>, scoring: Scoring = .scored, checks: [Check],
        _ body: @escaping @Sendable (Conversation, HTTPLink, ScenarioRun) async throws -> Void
    ) -> Scenario<ServerSubject> {
        Scenario(name, summary, revisions: revisions, bindings: [.http], scoring: scoring, checks: checks) { target, run in
            try await target.converse(run) { server in
                guard let http = server.link as? HTTPLink else { throw run.notApplicable("The server is not reached over HTTP") }
                try await body(server, http, run)
            }
        }
    }

    private static let multipleStreams = scenario(
        "server-sse-multiple-streams", "Several requests at once", revisions: .since(.v2025_03_26),
        checks: [
            Check("server-accepts-multiple-post-streams", "Three POSTs at once are answered with status 200"),
            Check("server-sse-streams-functional", "Each answer is the one to its own request, as JSON or as an event stream"),
        ]
    ) { server, _, run in
        let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
            for number in 1...3 {
                let request = server.request("tools/list", id: .string("at-once-\(number)"))
                group.addTask { try await server.finish(server.open(request)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for reply in replies {
            run.check("server-accepts-multiple-post-streams", reply.status == 200, "it is answered with \(reply.seen)")
            let type = reply.head?.mediaType ?? "nothing"
            let holds =
                reply.response?["id"] == reply.id && reply.response?["result"]?["tools"]?.array != nil
                && ["application/json", "text/event-stream"].contains(type)
            run.check("server-sse-streams-functional", holds, "\(reply.id.excerpt) is answered with \(type): \(reply.seen)")
        }
    }

    private static func opening(_ server: Conversation) -> JSONValue {
        server.revision.era == .perRequest
            ? server.request("server/discover")
            : server.request(
                "initialize", ["protocolVersion": .string(server.revision.rawValue), "capabilities": [:], "clientInfo": Conversation.clientInfo])
    }

    private static func send(_ opening: JSONValue, _ server: Conversation, _ http: HTTPLink, _ more: [(String, String)]) async throws -> Reply {
        let context = LinkContext(revision: server.revision)
        let headers = HTTPLink.headers(for: opening, context) + more
        server.run.sent(opening)
        return try await server.finish(
            http.post(opening.serialized(), headers, method: opening["method"]?.string, id: opening["id"]))
    }

    private static let rebinding = scenario(
        "dns-rebinding-protection", "Pages of other sites that reach a local server", revisions: .since(.v2025_03_26),
        checks: [
            Check("localhost-host-rebinding-rejected", "A request with the Host and the Origin of another site is refused with 4xx"),
            Check("localhost-host-valid-accepted", "A request with its own Host and Origin is served"),
        ]
    ) { server, http, run in
        guard let authority = http.authority, http.isLoopback else { throw run.notApplicable("The URL is not that of a loopback host") }
        let evil = try await send(opening(server), server, http, [("Host", "evil.example.com"), ("Origin", "http://evil.example.com")])
        run.check(
            "localhost-host-rebinding-rejected", (400..<500).contains(evil.status ?? 0) && evil.response?["result"] == nil,
            "it is answered with \(evil.seen)")
        let own = try await send(opening(server), server, http, [("Host", authority), ("Origin", "http://\(authority)")])
        run.check(
            "localhost-host-valid-accepted", (200..<300).contains(own.status ?? 0) && own.response?["result"] != nil,
            "it is answered with \(own.seen)")
    }

    private static let origin = scenario(
        "http-origin", "The Origin of another site", revisions: .since(.v2025_03_26), scoring: .additional,
        checks: [
            Check("http-origin-none", "A request without an Origin is served"),
            Check("http-origin-refused", "A request with the Origin of another site is refused; with 403 since 2025-11-25"),
            Check(
                "http-origin-every-method", "So is a GET of the session, where the server has a stream of its own", in: .between(.v2025_03_26, .v2025_11_25)),
        ]
    ) { server, http, run in
        // A refusal need not be a message: that there is somebody who speaks MCP is seen here.
        let plain = try await send(opening(server), server, http, [])
        run.check("http-origin-none", plain.response?["result"] != nil, "it is answered with \(plain.seen)")
        let status = try await send(opening(server), server, http, [("Origin", "http://evil.example.com")]).status ?? 0
        func isRefused(_ status: Int) -> Bool { run.revision >= .v2025_11_25 ? status == 403 : (400..<500).contains(status) }
        run.check("http-origin-refused", isRefused(status), "the status is \(status)")
        guard run.revision.era == .handshake else { return }
        let headers =
            HTTPLink.headers(for: ["method": "GET"], server.linkContext).filter { !["Content-Type", "Accept"].contains($0.0) }
            + [("Accept", "text/event-stream")]
        let foreign = try await http.refusal(.GET, headers + [("Origin", "http://evil.example.com")], token: http.token).status
        // A stream that is opened for it is the fault; a second one might be refused because it is the second.
        guard foreign != 403, !(200..<300).contains(foreign) else {
            return run.check("http-origin-every-method", foreign == 403, "a stream is opened, with the status \(foreign)")
        }
        // Another refusal may be that of any GET.
        let own = try await http.refusal(.GET, headers, token: http.token).status
        guard own == 200 else { return run.skip("http-origin-every-method", "GET is answered with the status \(own) in any case") }
        run.check("http-origin-every-method", isRefused(foreign), "the status is \(foreign)")
    }

    private static let sessionLifecycle = scenario(
        "server-session-lifecycle", "A session from beginning to end", revisions: .between(.v2025_03_26, .v2025_11_25),
        scoring: .notScored(.addedAfterRelease),
        checks: [
            Check("server-session-initialized-accepted", "A request of the session is served"),
            Check("server-session-delete-accepted", "DELETE ends the session"),
            Check("server-session-terminated-returns-404", "After that its requests are answered with 404"),
        ]
    ) { server, http, run in
        guard let session = server.sessionID else { throw run.notApplicable("The server issues no session id") }
        let before = try await server.call("ping")
        run.check("server-session-initialized-accepted", before.response?["result"] != nil, "ping is answered with \(before.seen)")
        let status = try await http.refusal(.DELETE, [("Mcp-Session-Id", session)], token: http.token).status
        guard status != 405 else { throw run.notApplicable("The server does not let clients end sessions: it answers DELETE with 405") }
        run.check("server-session-delete-accepted", (200..<300).contains(status), "it is answered with the status \(status)")
        let after = try await server.call("ping")
        run.check("server-session-terminated-returns-404", after.status == 404, "ping is answered with \(after.seen)")
    }

    private static let sessionRequired = scenario(
        "http-session-required", "Requests outside of a session", revisions: .between(.v2025_03_26, .v2025_11_25), scoring: .additional,
        checks: [
            Check("http-session-missing", "A server with sessions refuses a request without a session id, with 400"),
            Check("http-session-unknown", "A session that does not exist is answered with 404"),
        ]
    ) { server, _, run in
        guard server.sessionID != nil else { throw run.notApplicable("The server issues no session id") }
        let without = try await server.raw("tools/list", nil, headers: [("Mcp-Session-Id", nil)])
        run.check("http-session-missing", without.response?["result"] == nil, "it is answered with \(without.seen)")
        run.recommend("http-session-missing", without.status == 400, "it is answered with \(without.seen)")
        let unknown = try await server.raw("tools/list", nil, headers: [("Mcp-Session-Id", "no-such-session-for-conformance")])
        run.check("http-session-unknown", unknown.status == 404, "it is answered with \(unknown.seen)")
    }

    private static let versionHeader = scenario(
        "http-version-header", "The version header of a session", revisions: .between(.v2025_06_18, .v2025_11_25), scoring: .additional,
        checks: [
            Check("http-version-header-invalid", "A version that does not exist is refused with 400"),
            Check("http-version-header-valid", "The version that was agreed on is served"),
        ]
    ) { server, _, run in
        let invalid = try await server.raw("tools/list", nil, headers: [("MCP-Protocol-Version", "1999-01-01")])
        run.check("http-version-header-invalid", invalid.status == 400, "it is answered with \(invalid.seen)")
        let valid = try await server.raw("tools/list", nil)
        run.check("http-version-header-valid", valid.response?["result"] != nil, "it is answered with \(valid.seen)")
    }

    private static let notifications = scenario(
        "http-notification-accepted", "Notifications over HTTP", revisions: .between(.v2025_03_26, .v2025_11_25), scoring: .additional,
        checks: [Check("http-notification-accepted", "A notification is accepted with 202 and no body")]
    ) { server, http, run in
        let message: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 987654]]
        let exchange = try await http.post(message.serialized(), HTTPLink.headers(for: message, server.linkContext))
        let body = try await exchange.next()
        run.check("http-notification-accepted", exchange.head?.status == 202, "the status is \(exchange.head?.status ?? 0)")
        run.check("http-notification-accepted", body == nil && exchange.text.isEmpty, "the body is \(body?.excerpt ?? exchange.text)")
        run.check("http-notification-accepted", try await server.call("ping").response?["result"] != nil, "after it the session is gone")
    }

    private static let polling = scenario(
        "server-sse-polling", "A stream that the server closes while a call runs", revisions: .between(.v2025_11_25, .v2025_11_25),
        scoring: .notScored(.pending),
        checks: [
            Check("server-sse-priming-event", "The stream of test_reconnection begins with an event with an id and empty data"),
            Check("server-sse-retry-field", "It says when to come back"),
            Check("server-sse-disconnect-resume", "GET with Last-Event-ID brings the answer of the call"),
        ]
    ) { server, http, run in
        try await server.requireTools("test_reconnection")
        let exchange = try await server.start("tools/call", ["name": "test_reconnection", "arguments": [:]])
        var response: JSONValue?
        while response == nil, let message = try await exchange.next() { if message["method"] == nil { response = message } }
        let events = exchange.events
        let primes = events.first.map { $0.id?.isEmpty == false && $0.data ?? "" == "" } ?? false
        run.recommend("server-sse-priming-event", primes, "the stream begins with \(events.first.map { "\($0)" } ?? "nothing")")
        run.recommend("server-sse-retry-field", events.contains { $0.retryMilliseconds != nil }, "no event has a retry field")
        guard response == nil else {
            run.check("server-sse-disconnect-resume", false, "the server does not close the stream, but answers: \(response?.excerpt ?? "")")
            return
        }
        guard let last = events.last(where: { $0.id != nil })?.id else {
            run.check("server-sse-disconnect-resume", false, "no event has an id to come back with")
            return
        }
        try await Task.sleep(for: .milliseconds(min(events.compactMap(\.retryMilliseconds).last ?? 1000, 5000)))
        let headers = HTTPLink.headers(for: ["method": "GET"], server.linkContext).filter { !["Content-Type", "Accept"].contains($0.0) }
        let resumed = try await http.request(
            .GET, headers + [("Accept", "text/event-stream"), ("Last-Event-ID", last)], method: "tools/call", id: exchange.id)
        while response == nil, let message = try await resumed.next() { if message["method"] == nil { response = message } }
        resumed.close()
        run.check(
            "server-sse-disconnect-resume", response?["id"] == exchange.id && response?["result"] != nil,
            "the status is \(resumed.head?.status ?? 0), and \(response?.excerpt ?? "no answer") comes")
    }

    private static let methods = scenario(
        "http-methods", "HTTP methods that the endpoint does not have", revisions: .since(.v2025_03_26), scoring: .additional,
        checks: [Check("http-methods-refused", "PUT is refused with 4xx, and the server goes on")]
    ) { server, http, run in
        let status = try await http.refusal(.PUT, HTTPLink.json, body: Array("{}".utf8), token: http.token).status
        run.check("http-methods-refused", (400..<500).contains(status), "it is answered with the status \(status)")
        run.recommend("http-methods-refused", [404, 405].contains(status), "it is answered with the status \(status)")
        let list = try await server.call("tools/list")
        run.check("http-methods-refused", list.response?["result"] != nil, "after it tools/list is answered with \(list.seen)")
    }
}

extension HTTPLink {
    /// The host and port of the URL, as `Host` has them.
    var authority: String? {
        guard let start = url.range(of: "://")?.upperBound else { return nil }
        return String(url[start...].prefix { $0 != "/" && $0 != "?" })
    }

    var isLoopback: Bool {
        guard let authority else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
    }
}
