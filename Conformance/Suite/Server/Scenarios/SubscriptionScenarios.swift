import MCPCore

/// `subscriptions/listen` (2026-07-28, basic/patterns/subscriptions), and what a session has instead.
enum SubscriptionScenarios {
    static let all = [resources, cancelled, concurrent, inSession, listChangedInSession]

    /// Those that `server-stateless` has.
    static let statelessChecks = [
        Check("sep-2575-server-sends-subscription-ack", "The first message of a subscription acknowledges it"),
        Check("sep-2575-server-tags-subscription-id", "All notifications of a subscription carry its id, that of the request"),
        Check("sep-2575-server-honors-notification-filter", "Only what was asked for comes"),
        Check("sep-2575-server-sends-prompts-list-changed-on-subscription", "A change of the list of prompts is told"),
        Check("sep-2575-server-sends-tools-list-changed-on-subscription", "A change of the list of tools is told"),
    ]

    static func stateless(_ server: Conversation, _ run: ScenarioRun, _ capabilities: JSONObject) async throws {
        let kinds = ["tools", "prompts"].filter { capabilities[$0]?["listChanged"] == true }
        for kind in ["tools", "prompts"] where !kinds.contains(kind) {
            run.skip("sep-2575-server-sends-\(kind)-list-changed-on-subscription", "The server does not declare \(kind).listChanged")
        }
        guard !kinds.isEmpty else {
            for check in statelessChecks { run.skip(check.id, "The server declares nothing that is told on subscriptions") }
            return
        }
        var streams: [(kind: String, stream: Stream)] = []
        for kind in kinds {
            let stream = try await listen(server, ["\(kind)ListChanged": true])
            run.check(
                "sep-2575-server-sends-subscription-ack", stream.first["method"] == "notifications/subscriptions/acknowledged",
                "the first message is \(stream.first.excerpt)")
            run.check("sep-2575-server-tags-subscription-id", stream.isTagged(stream.first), "the message is \(stream.first.excerpt)")
            streams.append((kind, stream))
        }
        // First the tools, then the prompts: what comes first on the stream of the prompts shows whether the change of the tools leaked into it.
        for (kind, stream) in streams {
            _ = try await server.callTool("test_trigger_\(kind.dropLast())_change", [:]).result()
            let told = try await stream.exchange.next()
            let name: JSONValue = .string("notifications/\(kind)/list_changed")
            run.check("sep-2575-server-honors-notification-filter", told?["method"] == name, "\(told?.excerpt ?? "the end") comes instead")
            run.recommend(
                "sep-2575-server-sends-\(kind)-list-changed-on-subscription", told?["method"] == name, "\(told?.excerpt ?? "the end") comes instead")
            run.check("sep-2575-server-tags-subscription-id", told.map(stream.isTagged) ?? false, "the message is \(told?.excerpt ?? "missing")")
        }
        for (_, stream) in streams { try await end(stream, server) }
    }

    struct Stream: Sendable {
        let exchange: Exchange
        /// What came first.
        let first: JSONValue

        func isTagged(_ message: JSONValue) -> Bool { message["params"]?["_meta"]?[MetaKey.subscriptionID] == exchange.id }
    }

    static func listen(_ server: Conversation, _ filter: JSONObject) async throws -> Stream {
        let exchange = try await server.start("subscriptions/listen", ["notifications": .object(filter)])
        guard let first = try await exchange.next() else {
            throw Reply.Unusable(description: "subscriptions/listen ended at once, with the HTTP status \(exchange.head?.status ?? 0)")
        }
        return Stream(exchange: exchange, first: first)
    }

    /// Ends a subscription as the transport has it.
    static func end(_ stream: Stream, _ server: Conversation) async throws {
        if server.run.binding == .stdio, let id = stream.exchange.id { try await server.notify("notifications/cancelled", ["requestId": id]) }
        stream.exchange.close()
    }

    private static let watched: JSONValue = "test://watched-resource"

    private static let resources = Scenario<ServerSubject>(
        "subscriptions-resource-updated", "Updates of a resource, on a subscription", revisions: .perRequest, scoring: .additional,
        checks: [
            Check("subscriptions-resource-acknowledged", "The acknowledgment names the resource, and nothing that was not asked for"),
            Check("subscriptions-resource-updated", "An update of the resource is told, with its URI and the subscription's id"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            try await server.requireTools("test_trigger_resource_update")
            let stream = try await listen(server, ["resourceSubscriptions": [watched]])
            run.check(
                "subscriptions-resource-acknowledged", stream.first["params"]?["notifications"] == ["resourceSubscriptions": [watched]],
                "it is \(stream.first.excerpt)")
            _ = try await server.callTool("test_trigger_resource_update", [:]).result()
            let told = try await stream.exchange.next()
            let holds = told?["method"] == "notifications/resources/updated" && told?["params"]?["uri"] == watched
            run.check("subscriptions-resource-updated", holds && told.map(stream.isTagged) == true, "\(told?.excerpt ?? "the end") comes")
            try await end(stream, server)
        }
    }

    private static let cancelled = Scenario<ServerSubject>(
        "subscriptions-cancel", "A subscription that the client ends", revisions: .perRequest, bindings: [.stdio], scoring: .additional,
        checks: [Check("subscriptions-cancelled", "After notifications/cancelled nothing comes for the subscription")]
    ) { target, run in
        try await target.converse(run) { server in
            let first = try await listen(server, ["toolsListChanged": true])
            let second = try await listen(server, ["toolsListChanged": true])
            try await server.notify("notifications/cancelled", ["requestId": first.exchange.id ?? .null])
            // The answer to this comes after the cancellation was read.
            _ = try await server.call("tools/list").result()
            _ = try await server.callTool("test_trigger_tool_change", [:]).result()
            let told = try await second.exchange.next()
            run.check("subscriptions-cancelled", told?["method"] == "notifications/tools/list_changed", "\(told?.excerpt ?? "the end") comes")
            // As long as a machine that is shared may stall.
            let late = try? await first.exchange.next(within: .milliseconds(2500))
            run.check("subscriptions-cancelled", late?["method"] == nil, "\(late?.excerpt ?? "") comes for the first")
        }
    }

    private static let concurrent = Scenario<ServerSubject>(
        "subscriptions-concurrent", "Two subscriptions at once", revisions: .perRequest, scoring: .additional,
        checks: [Check("subscriptions-each-told", "A change is told once on each, with its own id")]
    ) { target, run in
        try await target.converse(run) { server in
            let streams = [try await listen(server, ["toolsListChanged": true]), try await listen(server, ["toolsListChanged": true])]
            for _ in 1...2 {
                _ = try await server.callTool("test_trigger_tool_change", [:]).result()
                for stream in streams {
                    let told = try await stream.exchange.next()
                    let holds = told?["method"] == "notifications/tools/list_changed" && told.map(stream.isTagged) == true
                    run.check("subscriptions-each-told", holds, "\(told?.excerpt ?? "the end") comes for \(stream.exchange.id?.excerpt ?? "")")
                }
            }
            for stream in streams { try await end(stream, server) }
        }
    }

    private static let inSession = Scenario<ServerSubject>(
        "resources-updated", "Updates of a resource, in a session", revisions: .handshake, scoring: .additional,
        checks: [
            Check("resources-updated-subscribed", "After resources/subscribe an update is told, with the URI"),
            Check("resources-updated-unsubscribed", "After resources/unsubscribe it is not"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            try await server.requireTools("test_trigger_resource_update")
            guard let stream = try await server.link.listen(server.linkContext) else { throw run.notApplicable("The server has no stream of its own") }
            /// What comes when a tool makes a change, up to a message of this kind.
            func told(by tool: String, upTo method: JSONValue, within limit: Duration? = nil) async throws -> [JSONValue] {
                // On stdio it may come before the answer of the tool, and belongs to the call then.
                let reply = try await server.callTool(tool, [:])
                var messages = reply.notifications
                while !messages.contains(where: { $0["method"] == method }), let next = try? await stream.next(within: limit) { messages.append(next) }
                return messages
            }
            let (trigger, updated): (String, JSONValue) = ("test_trigger_resource_update", "notifications/resources/updated")
            let tools = try await server.list("tools/list", "tools").compactMap { $0["name"]?.string }
            let tellsOfTools =
                server.initializeResult["capabilities"]?["tools"]?["listChanged"] == true && tools.contains("test_trigger_tool_change")
            _ = try await server.call("resources/subscribe", ["uri": watched]).result()
            let first = try await told(by: trigger, upTo: updated).filter { $0["method"] == updated }
            run.check("resources-updated-subscribed", first.first?["params"]?["uri"] == watched, "\(first.json.excerpt) comes")
            _ = try await server.call("resources/unsubscribe", ["uri": watched]).result()
            // What is told of the tools after it shows that there was no update before; where nothing is, a while without one has to do.
            let late =
                tellsOfTools
                ? try await server.callTool(trigger, [:]).notifications
                    + told(by: "test_trigger_tool_change", upTo: "notifications/tools/list_changed")
                : try await told(by: trigger, upTo: updated, within: .milliseconds(2500))
            let untold = late.filter { $0["method"] == updated }
            run.check("resources-updated-unsubscribed", untold.isEmpty, "\(untold.json.excerpt) comes")
            stream.close()
        }
    }

    private static let listChangedInSession = Scenario<ServerSubject>(
        "tools-list-changed", "A change of the list of tools, in a session", revisions: .handshake, scoring: .additional,
        checks: [Check("tools-list-changed", "A server that declares tools.listChanged tells of the change that test_trigger_tool_change makes")]
    ) { target, run in
        try await target.converse(run) { server in
            guard server.initializeResult["capabilities"]?["tools"]?["listChanged"] == true else {
                throw run.notApplicable("The server does not declare tools.listChanged")
            }
            try await server.requireTools("test_trigger_tool_change")
            guard let stream = try await server.link.listen(server.linkContext) else { throw run.notApplicable("The server has no stream of its own") }
            let reply = try await server.callTool("test_trigger_tool_change", [:])
            var told = reply.notifications.first { $0["method"] == "notifications/tools/list_changed" }
            if told == nil { told = try await stream.next() }
            run.check("tools-list-changed", told?["method"] == "notifications/tools/list_changed", "\(told?.excerpt ?? "nothing") comes")
            stream.close()
        }
    }
}
