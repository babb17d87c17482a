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
            server(of: run, walk, holding: ["endless"]) { call, told, sink in
                guard let token = call.message.meta?["progressToken"] else { return false }
                try await sink.send(["jsonrpc": "2.0", "method": "notifications/progress", "params": ["progressToken": token, "progress": 1]])
                await run.wait(for: told, orEndOf: sink)
                return true
            }
        },
        conclude: { run in
            guard let call = run.calls(of: "endless").first else { return }
            let notices = run.messages(of: "notifications/cancelled")
            if run.closesCancelledStreams {
                if run.hasMark(ClientRun.streamClosed) {
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

    /// The second call is one like the first where that did not come before its time was over, as happens when the machine stalls; else it is answered at once.
    private static let impatient = Walkthrough(calls: [
        .init(name: "withheld", timeoutMilliseconds: 300), .init(name: "withheld_longer", timeoutMilliseconds: 3000), .init(name: "after"),
    ])
    private static let withheldCalls = ["withheld", "withheld_longer"]
    /// How long an answer is withheld from a client that does not give up: much longer than the client is told to wait.
    private static let withheld = Duration.seconds(8)

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
            server(of: run, impatient, holding: withheldCalls) { _, told, sink in
                await waitForFirst({ await run.wait(for: told, orEndOf: sink) }) {
                    do { try await Task.sleep(for: withheld) } catch { return }
                    run.mark(keptWaiting)
                }
                return true
            }
        },
        conclude: { run in
            guard let index = withheldCalls.lastIndex(where: { run.hasMark(holding($0)) }), let call = run.calls(of: withheldCalls[index]).first,
                let report = run.report
            else { return }
            // All but the last are recommendations ("Timeouts").
            let outcome = report.indices.contains(index) ? report[index] : .null
            run.recommend("client-timeout-ends-call", outcome["failed"] == true, "a call whose time is over is reported as \(outcome.serializedString)")
            let notices = run.messages(of: "notifications/cancelled")
            if run.closesCancelledStreams {
                run.recommend("client-timeout-told", run.hasMark(ClientRun.streamClosed), "the client does not close the stream of the call")
            } else {
                let givenUp = withheldCalls.prefix(through: index).flatMap(run.calls).map(\.id)
                run.recommend(
                    "client-timeout-told",
                    notices.count { $0.params["requestId"] == call.id } == 1 && notices.allSatisfy { givenUp.contains($0.params["requestId"]) },
                    "one notifications/cancelled with the id of the call; found \(notices.map(\.json.serializedString))")
            }
            run.checkReport("client-timeout-goes-on", impatient.calls.count - 1, ["text": "Still here."], "the call after it")
        })

    /// The mark of a call that waits for its answer.
    private static func holding(_ tool: String) -> String { "holding \(tool)" }
    /// The mark of a client that has not given up in time.
    private static let keptWaiting = "kept waiting"
    /// How long the server waits to be told. A client may tell it beside its next calls, and later than those where the machine stalls.
    private static let patience = Duration.seconds(10)

    /// A server that answers one tool too late, which happens to the best of servers.
    /// - Parameters:
    ///   - tools: Only the first of them that comes is held.
    ///   - hold: Runs before that answer, with the mark that says that the server was told; says whether there is one.
    private static func server(
        of run: ClientRun, _ walk: Walkthrough, holding tools: [String],
        _ hold: @escaping @Sendable (ScriptedCall, _ told: String, any EventSink) async throws -> Bool
    ) -> StandardServer {
        @Sendable func told(_ call: ClientMessage?) -> String {
            run.closesCancelledStreams ? ClientRun.streamClosed : "cancelled \((call?.id ?? .null).serializedString)"
        }
        return StandardServer(
            run: run, tools: walk.tools,
            first: { message, _ in
                if message.method == "notifications/cancelled" { run.mark("cancelled \((message.params["requestId"] ?? .null).serializedString)") }
                return nil
            },
            call: { call, server in
                let held = tools.last { run.hasMark(holding($0)) }
                guard held == nil, tools.contains(call.name) else {
                    // Behind the last call there may be nobody any more who tells.
                    if call.name == walk.calls.last?.name, let held {
                        await run.wait(forFirstOf: [told(run.calls(of: held).first), keptWaiting], atMost: patience)
                    }
                    return server.text("Still here.", to: call.message)
                }
                return .events { sink in
                    run.mark(holding(call.name))
                    if try await hold(call, told(call.message), sink) { try? await sink.send(server.textResponse("Too late.", to: call.message)) }
                }
            })
    }
}

extension ClientRun {
    /// Whether closing the stream of a call is how it is cancelled.
    fileprivate var closesCancelledStreams: Bool { binding == .http && revision.era == .perRequest }
}
