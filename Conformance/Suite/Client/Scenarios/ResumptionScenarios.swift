import MCPCore

/// Streams that end before the response (handshake era, "Resumability").
enum ResumptionScenarios {
    static let all = [retry]

    /// In milliseconds, as the event stream says it.
    private static let retryMilliseconds = 500

    static let retry = Scenario<ClientSubject>.client(
        "sse-retry", "The stream of a call is closed; the client waits as long as retry says and takes it up again with Last-Event-ID.",
        revisions: .between(.v2025_11_25, .v2025_11_25),
        scoring: .scored,
        checks: [
            Check("client-sse-graceful-reconnect", "A stream that was closed is taken up again with GET."),
            Check("client-sse-retry-timing", "The client waits as long as retry says."),
            Check("client-sse-last-event-id", "The client says in Last-Event-ID which event it has seen last."),
            Check("client-sse-one-call", "The call is not made again."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: [StandardServer.tool("test_reconnection", "Closes its stream.")], sessionID: "retry-session",
                requests: { request in
                    // A GET without it opens the stream of the session, which may come at any time.
                    guard request.method == .get, request.header("last-event-id") != nil, let call = run.calls(of: "test_reconnection").first else {
                        return nil
                    }
                    run.mark("reconnected")
                    let server = StandardServer(run: run)
                    return .events { sink in try await sink.send(server.textResponse("Reconnected.", to: call)) }
                },
                call: { _, _ in
                    .events { sink in
                        try await sink.write("id: event-1\nretry: \(retryMilliseconds)\ndata: \n\n")
                        run.mark("closed")
                    }
                })
        },
        conclude: { run in
            let calls = run.calls(of: "test_reconnection")
            guard !calls.isEmpty else { return }
            run.check("client-sse-one-call", calls.count == 1, "a call whose stream ends is taken up again, not made again")
            guard let delay = run.time(from: "closed", to: "reconnected") else { return }
            run.check("client-sse-graceful-reconnect", true, "")
            // Earlier than told is wrong; later is the machine's fault, unless it is very much later.
            let early = delay < .milliseconds(retryMilliseconds - 50)
            let late = delay > .milliseconds(20 * retryMilliseconds)
            run.check("client-sse-retry-timing", !early && !late, "retry said \(retryMilliseconds) ms, the client came back after \(delay)")
            let resumed = run.requests.compactMap { $0.header("last-event-id") }
            run.recommend("client-sse-last-event-id", resumed.first == "event-1", "Last-Event-ID must be event-1, found \(resumed)")
        })
}
