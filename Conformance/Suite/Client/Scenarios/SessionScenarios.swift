import HTTPTypes
import MCPCore
import Synchronization

/// Sessions of Streamable HTTP (handshake era, "Session Management").
enum SessionScenarios {
    static let all = [headers, lost, standaloneStream]

    private static let id = "session-!~42"
    /// How long a server waits for a stream that it is not owed: well above what a machine that is shared stalls for.
    private static let patience = Duration.seconds(10)
    private static let twoCalls = Walkthrough(calls: [.init(name: "first"), .init(name: "second")])

    static let headers = Scenario<ClientSubject>.client(
        "client-session-headers", "After initialize every request says its session and the revision that was agreed on; the end is told with DELETE.",
        revisions: .between(.v2025_06_18, .v2025_11_25), context: twoCalls.context,
        checks: [
            Check("client-session-opens-without", "initialize names no session."),
            Check("client-session-sent", "Every request after initialize names the session."),
            Check("client-session-revision", "Every request after initialize names the revision that was agreed on."),
            Check("client-session-accept", "Accept lists application/json and text/event-stream."),
            Check("client-session-content-type", "Content-Type is application/json."),
            Check("client-session-deleted", "A session that is no longer needed should be ended with DELETE."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: twoCalls.tools, sessionID: id,
                first: { message, server in message.method == "initialize" ? server.opened(message, in: run.revision.rawValue, session: id) : nil },
                call: { call, server in server.text("Done.", to: call.message) })
        },
        conclude: { run in
            guard let opening = run.messages(of: "initialize").first else { return }
            run.check("client-session-opens-without", opening.header("mcp-session-id") == nil, "initialize opens a session, and names none")
            for message in run.messages {
                let accept = message.header("accept") ?? ""
                run.check(
                    "client-session-accept", accept.contains("application/json") && accept.contains("text/event-stream"),
                    "Accept must list application/json and text/event-stream, found \(accept)")
                run.check(
                    "client-session-content-type", message.header("content-type")?.hasPrefix("application/json") == true,
                    "Content-Type must be application/json, found \(message.header("content-type") ?? "none")")
            }
            let later = run.messages.filter { $0.method != "initialize" }.compactMap(\.head) + run.requests
            for head in later {
                run.check(
                    "client-session-sent", head.header("mcp-session-id") == id, "\(head.method) came without the session id that initialize gave")
                run.check(
                    "client-session-revision", head.method == .delete || head.header("mcp-protocol-version") == run.revision.rawValue,
                    "MCP-Protocol-Version must be \(run.revision.rawValue), which was agreed on; found \(head.header("mcp-protocol-version") ?? "none")")
            }
            guard run.report != nil else { return }
            run.recommend(
                "client-session-deleted", run.requests.contains { $0.method == .delete }, "a client that is done with a session should end it with DELETE")
        })

    static let lost = Scenario<ClientSubject>.client(
        "client-session-lost", "The server has forgotten the session (404); the client opens a new one and goes on.",
        revisions: .between(.v2025_03_26, .v2025_11_25),
        context: twoCalls.context,
        checks: [
            Check("client-session-lost-reopens", "A 404 to a request with a session makes the client open a new one."),
            Check("client-session-lost-goes-on", "The call is made in the new session."),
            Check("client-session-lost-new-id", "The new initialize names no session."),
        ],
        script: { run in
            // The session of the first call is forgotten behind it.
            let known = Mutex(1)
            return StandardServer(
                run: run, tools: twoCalls.tools,
                first: { message, server in
                    if message.method == "initialize" { return server.opened(message, in: run.revision.rawValue, session: "session-\(known.withLock { $0 })") }
                    guard message.header("mcp-session-id") == "session-\(known.withLock { $0 })" else { return .http(status: 404, body: "") }
                    return nil
                },
                call: { call, server in
                    if call.name == "first" { known.withLock { $0 = 2 } }
                    return server.text("Done: \(call.name).", to: call.message)
                })
        },
        conclude: { run in
            let openings = run.messages(of: "initialize")
            guard !run.calls(of: "second").isEmpty else { return }
            run.check("client-session-lost-reopens", openings.count == 2, "404 to a request with a session id is answered with a new initialize")
            guard openings.count > 1 else { return }
            run.check("client-session-lost-new-id", openings[1].header("mcp-session-id") == nil, "the new initialize names no session")
            run.checkReport("client-session-lost-goes-on", 1, ["text": "Done: second."], "the call is made in the new session")
        })

    static let standaloneStream = Scenario<ClientSubject>.client(
        "client-standalone-stream", "The server asks the client on the stream of a GET, and waits for the answer before it answers a call.",
        revisions: .between(.v2025_06_18, .v2025_11_25),
        // A client may do without the stream ("Listening for Messages from the Server").
        inapplicable: { run in
            run.report != nil && !run.requests.contains { $0.method == .get } ? "The client opens no stream for what the server sends by itself" : nil
        },
        context: Walkthrough(calls: [.init(name: "wait")]).context,
        checks: [
            Check("client-standalone-stream-opened", "A GET asks for text/event-stream."),
            Check("client-standalone-stream-answered", "A ping on the stream of a GET is answered."),
            Check("client-standalone-stream-result", "The call that waited for it ends."),
        ],
        script: { run in
            let (asked, ask) = AsyncStream<String>.makeStream()
            return StandardServer(
                run: run, tools: Walkthrough(calls: [.init(name: "wait")]).tools, sessionID: id,
                requests: { request in
                    guard request.method == .get else { return nil }
                    return .events { sink in
                        let answer = try await run.ask("ping", nil, through: sink)
                        ask.yield(answer["result"] == [:] ? "answered" : "refused")
                        await sink.waitUntilClosed()
                    }
                },
                call: { call, server in
                    // A client that opens the stream may do so at any time, and one that does not must not wait for it.
                    let giveUp = Task {
                        try await Task.sleep(for: patience)
                        if !run.requests.contains(where: { $0.method == .get }) { ask.finish() }
                    }
                    defer { giveUp.cancel() }
                    for await answer in asked { return server.text(answer, to: call.message) }
                    return server.error(-32603, "nobody answered", to: call.message)
                })
        },
        conclude: { run in
            let streams = run.requests.filter { $0.method == .get }
            guard let stream = streams.first else { return }
            run.check(
                "client-standalone-stream-opened", stream.header("accept")?.contains("text/event-stream") == true, "a GET asks for text/event-stream")
            guard let answer = run.messages.first(where: { $0.method == nil }) else { return }
            run.check("client-standalone-stream-answered", answer.json["result"] == [:], "a ping is answered with an empty result")
            run.checkReport("client-standalone-stream-result", 0, ["text": "answered"], "the call ends once the ping is answered")
        })
}
