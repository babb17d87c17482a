import MCPCore

/// Calls that a client gives up ("Cancellation").
enum ClientCancellationScenarios {
    static let all = [cancellation, timeout]

    private static let walk = Walkthrough(calls: [.init(name: "endless", cancelsOnProgress: true), .init(name: "after")])

    static let cancellation = Scenario<ClientSubject>.client(
        "client-cancellation",
        "The client cancels a call at its first progress: with notifications/cancelled, or on HTTP from 2026-07-28 on by closing the stream. A late response is ignored.",
        bindings: [.http, .stdio], context: walk.context,
        checks: [
            Check("client-cancellation-told", "The server is told, in the way of the transport and the revision."),
            Check("client-cancellation-reported", "The call comes out as cancelled."),
            Check("client-cancellation-goes-on", "The next call works, and a late response does no harm."),
        ],
        script: { run in
            server(of: run, walk, held: "endless") { call, sink in
                guard let token = call.message.meta?["progressToken"] else { return false }
                try await sink.send(["jsonrpc": "2.0", "method": "notifications/progress", "params": ["progressToken": token, "progress": 1]])
                await run.wait(for: "cancelled", orEndOf: sink)
                return true
            }
        },
        conclude: { run in
            guard let call = run.calls(of: "endless").first else { return }
            let notices = run.messages(of: "notifications/cancelled")
            let closes = run.binding == .http && run.revision.era == .perRequest
            if closes {
                if run.hasMark("stream closed") {
                    run.check("client-cancellation-told", notices.isEmpty, "on HTTP closing the stream is the cancellation; no notification is expected")
                }
            } else if let notice = notices.first {
                run.check(
                    "client-cancellation-told", notices.count == 1 && notice.params["requestId"] == call.id,
                    "one notifications/cancelled with the id of the call; found \(notices.map(\.json.serializedString))")
            }
            run.checkReport("client-cancellation-reported", 0, ["cancelled": true], "the call that was cancelled")
            run.checkReport("client-cancellation-goes-on", 1, ["text": "Still here."], "the call after it")
        })

    private static let impatient = Walkthrough(calls: [.init(name: "withheld", timeoutMilliseconds: 300), .init(name: "after")])
    /// How long an answer is withheld from a client that does not give up.
    private static let withheld = Duration.seconds(3)

    static let timeout = Scenario<ClientSubject>.client(
        "client-timeout",
        "The server withholds an answer for longer than the client is told to wait; the client gives the call up, tells the server, and goes on.",
        bindings: [.http, .stdio], context: impatient.context,
        checks: [
            Check("client-timeout-ends-call", "A call whose time is over should end as one that failed."),
            Check("client-timeout-told", "The server should be told that the call is given up, in the way of the transport and the revision."),
            Check("client-timeout-goes-on", "The next call works, and a late response does no harm."),
        ],
        script: { run in
            server(of: run, impatient, held: "withheld") { _, sink in
                await waitForFirst({ await run.wait(for: "cancelled", orEndOf: sink) }, { try? await Task.sleep(for: withheld) })
                return true
            }
        },
        conclude: { run in
            guard let call = run.calls(of: "withheld").first, let report = run.report else { return }
            // All but the last are recommendations ("Timeouts").
            let outcome = report.first ?? .null
            run.recommend("client-timeout-ends-call", outcome["failed"] == true, "a call whose time is over is reported as \(outcome.serializedString)")
            let notices = run.messages(of: "notifications/cancelled")
            if run.binding == .http && run.revision.era == .perRequest {
                run.recommend("client-timeout-told", run.hasMark("stream closed"), "the client does not close the stream of the call")
            } else {
                run.recommend(
                    "client-timeout-told", notices.count == 1 && notices[0].params["requestId"] == call.id,
                    "one notifications/cancelled with the id of the call; found \(notices.map(\.json.serializedString))")
            }
            run.checkReport("client-timeout-goes-on", 1, ["text": "Still here."], "the call after it")
        })

    /// A server that answers one tool too late, which happens to the best of servers.
    /// - Parameter hold: Runs before that answer; says whether there is one.
    private static func server(
        of run: ClientRun, _ walk: Walkthrough, held tool: String, _ hold: @escaping @Sendable (ScriptedCall, any EventSink) async throws -> Bool
    ) -> StandardServer {
        StandardServer(
            run: run, tools: walk.tools,
            first: { message, _ in
                if message.method == "notifications/cancelled" { run.mark("cancelled") }
                return nil
            },
            call: { call, server in
                guard call.name == tool else { return server.text("Still here.", to: call.message) }
                return .events { sink in
                    if try await hold(call, sink) { try? await sink.send(server.textResponse("Too late.", to: call.message)) }
                }
            })
    }
}
