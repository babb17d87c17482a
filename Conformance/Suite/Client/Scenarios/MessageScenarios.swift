import MCPCore

/// Messages on any channel: what is unknown, what is wrong, what comes in pages.
enum MessageScenarios {
    static let all = [unknown, questions, errors, progress, pages, malformed]

    private static let one = Walkthrough(calls: [.init(name: "chatty"), .init(name: "chatty")])

    static let unknown = Scenario<ClientSubject>.client(
        "client-unknown-messages", "Notifications that nobody knows come before the response; the client passes over them.",
        bindings: [.http, .stdio], context: one.context,
        checks: [
            Check("client-unknown-notifications", "Notifications of unknown methods are passed over."),
            Check("client-unknown-notifications-again", "And that does no lasting harm."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: one.tools,
                call: { call, server in
                    .events { sink in
                        for method in ["notifications/x-weather", "x/y/z", "notifications/"] {
                            try await sink.send(["jsonrpc": "2.0", "method": .string(method), "params": ["anything": [1, nil]]])
                        }
                        try await sink.send(server.textResponse("Heard.", to: call.message))
                    }
                })
        },
        conclude: { run in
            run.checkReport("client-unknown-notifications", 0, ["text": "Heard."], "the call with unknown notifications")
            run.checkReport("client-unknown-notifications-again", 1, ["text": "Heard."], "the same once more")
        })

    private static let asking = Walkthrough(calls: [.init(name: "ask")])

    static let questions = Scenario<ClientSubject>.client(
        "client-server-requests", "The server sends ping and a request of an unknown method; the first gets {}, the second -32601.",
        revisions: .between(.v2025_03_26, .v2025_11_25), bindings: [.http, .stdio], context: asking.context,
        checks: [
            Check("client-answers-ping", "ping is answered with an empty result."),
            Check("client-refuses-unknown-request", "A request of an unknown method is answered with -32601."),
            Check("client-server-requests-result", "The call goes on after them."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: asking.tools,
                call: { call, server in
                    .events { sink in
                        _ = try await run.ask("ping", nil, through: sink)
                        _ = try await run.ask("x/unknown", [:], through: sink)
                        try await sink.send(server.textResponse("Asked.", to: call.message))
                    }
                })
        },
        conclude: { run in
            let answers = run.messages.filter { $0.method == nil }
            guard let ping = answers.first else { return }
            run.check("client-answers-ping", ping.json["result"] == [:], "ping must be answered with {}, found \(ping.json.serializedString)")
            guard answers.count > 1 else { return }
            run.check(
                "client-refuses-unknown-request", answers[1].json["error"]?["code"] == -32601,
                "a request of an unknown method must be answered with -32601, found \(answers[1].json.serializedString)")
            run.checkReport("client-server-requests-result", 0, ["text": "Asked."], "the call that asked")
        })

    private static let failing = Walkthrough(calls: [.init(name: "refused"), .init(name: "failed"), .init(name: "fine")])

    static let errors = Scenario<ClientSubject>.client(
        "client-errors", "A JSON-RPC error is an error with its code, a result with isError is a result, and both end only their own call.",
        bindings: [.http, .stdio], context: failing.context,
        checks: [
            Check("client-errors-code", "A JSON-RPC error comes out as an error with its code."),
            Check("client-errors-result", "A result with isError comes out as a result."),
            Check("client-errors-goes-on", "The next call works."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: failing.tools,
                call: { call, server in
                    switch call.name {
                    case "refused": server.error(-32099, "Not today.", data: ["why": ["nested": true]], to: call.message)
                    case "failed": server.result(["content": [["type": "text", "text": "It broke."]], "isError": true], to: call.message)
                    default: server.text("Fine.", to: call.message)
                    }
                })
        },
        conclude: { run in
            run.checkReport("client-errors-code", 0, ["error": -32099], "a JSON-RPC error")
            run.checkReport("client-errors-result", 1, ["text": "It broke."], "a result with isError")
            run.checkReport("client-errors-goes-on", 2, ["text": "Fine."], "the call after them")
        })

    private static let counting = Walkthrough(calls: [.init(name: "count", progress: true)])

    static let progress = Scenario<ClientSubject>.client(
        "client-progress", "A call that asks for progress has a token; progress is told for that token, in order.", bindings: [.http, .stdio],
        context: counting.context,
        checks: [
            Check("client-progress-token", "A call that asks for progress has a progressToken."),
            Check("client-progress-told", "The progress of the call is told, in order, and no other."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: counting.tools,
                call: { call, server in
                    let token = call.message.meta?["progressToken"]
                    return .events { sink in
                        // Another call's token is none of this one's business.
                        let steps: [(Int64, JSONValue?)] = [(1, token), (50, "nobody's token"), (2, token), (3, token)]
                        for (progress, token) in steps {
                            guard let token else { continue }
                            try await sink.send(
                                [
                                    "jsonrpc": "2.0", "method": "notifications/progress",
                                    "params": ["progressToken": token, "progress": .integer(progress), "total": 3],
                                ])
                        }
                        try await sink.send(server.textResponse("Counted.", to: call.message))
                    }
                })
        },
        conclude: { run in
            guard let call = run.calls(of: "count").first else { return }
            let token = call.meta?["progressToken"]
            run.check("client-progress-token", token?.string != nil || token?.integer != nil, "a call that asks for progress has a progressToken")
            run.checkReport("client-progress-told", 0, ["text": "Counted.", "progress": [1, 2, 3]], "the progress of the call")
        })

    /// Cursors are opaque, and so they look like nothing.
    private static let cursors = ["page 2/=?&\u{e9}", #"{"offset":20}"#]
    private static let paged = Walkthrough(calls: [.init(name: "tool_0"), .init(name: "tool_2")])

    static let pages = Scenario<ClientSubject>.client(
        "client-pages", "A list comes in three pages; the client follows the cursors, unchanged, to the end.", bindings: [.http, .stdio],
        context: paged.context,
        checks: [
            Check("client-pages-first", "The first page is asked for without a cursor."),
            Check("client-pages-cursors", "Cursors come back unchanged."),
            Check("client-pages-all", "The last page is read too."),
        ],
        script: { run in
            StandardServer(
                run: run,
                first: { message, server in
                    guard message.method == "tools/list" else { return nil }
                    guard let page = ([nil] + cursors.map(Optional.some)).firstIndex(of: message.params["cursor"]?.string) else {
                        return server.error(-32602, "Unknown cursor", to: message)
                    }
                    var result: JSONObject = ["tools": [StandardServer.tool("tool_\(page)")]]
                    if page == 2 { result["tools"] = [StandardServer.tool("tool_2"), Walkthrough.report] }
                    if page < 2 { result["nextCursor"] = .string(cursors[page]) }
                    return server.result(result, to: message)
                }, call: { call, server in server.text("Called \(call.name).", to: call.message) })
        },
        conclude: { run in
            let lists = run.messages(of: "tools/list")
            guard let first = lists.first else { return }
            run.check("client-pages-first", first.params["cursor"] == nil, "the first page is asked for without a cursor")
            guard lists.count > 1 else { return }
            let sent = lists.dropFirst().prefix(2).map { $0.params["cursor"]?.string }
            run.check("client-pages-cursors", sent == cursors.map(Optional.some), "cursors must come back unchanged, found \(sent)")
            run.checkReport("client-pages-all", 1, ["text": "Called tool_2."], "a tool of the last page")
        })

    private static let broken = Walkthrough(
        calls: ["no_json", "no_message", "html", "server_error", "empty", "fine"].map { .init(name: $0) })

    static let malformed = Scenario<ClientSubject>.client(
        "client-malformed-answers", "Answers that are no messages end the call in an error, and nothing but the call.",
        context: broken.context, checks: broken.calls.map { Check("client-malformed-\($0.name)", "The call comes out as what it is.") },
        script: { run in
            StandardServer(
                run: run, tools: broken.tools,
                call: { call, server in
                    switch call.name {
                    case "no_json": .http(status: 200, headers: [("content-type", "application/json")], body: #"{"jsonrpc": "2.0", "id": "#)
                    case "no_message": .http(status: 200, headers: [("content-type", "application/json")], body: #"{"hello": "world"}"#)
                    case "html": .http(status: 200, headers: [("content-type", "text/html")], body: "<html>Sign in</html>")
                    case "server_error": .http(status: 500, headers: [("content-type", "text/plain")], body: "Internal Server Error")
                    case "empty": .http(status: 200, headers: [("content-type", "application/json")], body: "")
                    default: server.text("Fine.", to: call.message)
                    }
                })
        },
        conclude: { run in
            guard let report = run.report else { return }
            for (index, call) in broken.calls.enumerated() {
                let found = report.indices.contains(index) ? report[index] : .null
                let isRight = call.name == "fine" ? found == ["text": "Fine."] : found["text"] == nil && found.object != nil
                run.check("client-malformed-\(call.name)", isRight, "\(call.name) came out as \(found.serializedString)")
            }
        })
}
