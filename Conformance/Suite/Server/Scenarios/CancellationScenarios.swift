import MCPCore
import Synchronization

/// Cancelling calls, and calls that take long.
///
/// They need two tools that the official suite does not know: `sleep(milliseconds, label)` and `count_cancelled(label)`, which tells how many calls of
/// `sleep` with that label were cancelled. A server without them is not asked. Where there is `count_started(label)` too, nothing is cancelled before it runs.
enum CancellationScenarios {
    static let all = [cancel, cancelByClosing, lostStream, strangers, concurrent, slow]

    /// Longer than any scenario may take.
    private static let forever: Int64 = 60_000

    /// How long a call is given to arrive before it is cancelled where nothing tells when it has: a failure is tried again with more time.
    private static let headStarts: [Duration] = [.milliseconds(200), .seconds(2)]

    private static let cancel = Scenario<ServerSubject>(
        "cancel-request", "notifications/cancelled stops a call", revisions: .all, scoring: .additional,
        checks: [
            Check("cancel-stops-work", "The tool is cancelled"),
            Check("cancel-no-response", "No response comes for the call"),
            Check("cancel-goes-on", "Other requests are served as before"),
        ]
    ) { target, run in
        // Over HTTP the newer era cancels by closing the stream: `cancel-by-closing`.
        guard run.binding == .stdio || run.revision.era == .handshake else { return try await closing(target, run) }
        try await target.converse(run) { server in
            let sleeps = try await SleepingCalls(server)
            let sleep = try await sleeps.next(milliseconds: forever)
            try await withThrowingTaskGroup(of: JSONValue?.self) { group in
                let id = server.nextID()
                let call = server.request("tools/call", sleep.params, id: id)
                // The answer of an HTTP server may begin only when it is complete.
                group.addTask {
                    let exchange = try await server.open(call, within: .seconds(60))
                    while let message = try await exchange.next(within: .seconds(60)) { if message["method"] == nil { return message } }
                    return nil
                }
                var isCancelled = false
                for headStart in headStarts where !isCancelled {
                    try await sleeps.waitForStart(of: sleep, orFor: headStart)
                    try await server.notify("notifications/cancelled", ["requestId": id, "reason": "Conformance"])
                    isCancelled = try await sleeps.seesCancellation(of: sleep)
                }
                run.check("cancel-stops-work", isCancelled, "\(SleepingCalls.patience) later the tool still runs")
                let list = try await server.call("tools/list")
                run.check("cancel-goes-on", list.response?["result"] != nil, "tools/list is answered with \(list.seen)")
                group.addTask {
                    try await Task.sleep(for: .milliseconds(200))
                    return nil
                }
                let response = try await group.next() ?? nil
                run.recommend("cancel-no-response", response == nil, "it is answered with \(response?.excerpt ?? "")")
                group.cancelAll()
            }
        }
    }

    private static func closing(_ target: ServerSubject, _ run: ScenarioRun) async throws {
        try await target.converse(run) { server in
            let sleeps = try await SleepingCalls(server)
            var isCancelled = false
            for headStart in headStarts where !isCancelled {
                let sleep = try await sleeps.next(milliseconds: forever)
                let call = call(sleep, server)
                defer { call.cancel() }
                try await sleeps.waitForStart(of: sleep, orFor: headStart)
                call.cancel()
                isCancelled = try await sleeps.seesCancellation(of: sleep)
                let late = try? await call.value
                run.check("cancel-no-response", late?.response == nil, "it is answered with \(late?.seen ?? "")")
            }
            run.check("cancel-stops-work", isCancelled, "\(SleepingCalls.patience) later the tool still runs")
            let list = try await server.call("tools/list")
            run.check("cancel-goes-on", list.response?["result"] != nil, "tools/list is answered with \(list.seen)")
        }
    }

    /// Makes a call that lasts.
    ///
    /// Unstructured: whoever has made it gives it up when it is time, and at the latest when it leaves.
    private static func call(_ sleep: SleepingCalls.Call, id: JSONValue? = nil, _ server: Conversation) -> Task<Reply, any Error> {
        let request = server.request("tools/call", sleep.params, id: id)
        return Task { try await server.finish(server.open(request, within: .milliseconds(forever))) }
    }

    /// How long the call lasts, in milliseconds, that is to go on where its namesake is given up. The longer one is made where that was only just before its end.
    private static let kept: [Int64] = [2500, 10_000]
    /// How much of it has to be left: a server that is slow to do wrong does it in this time.
    private static let rest = Duration.milliseconds(1500)

    private static let cancelByClosing = Scenario<ServerSubject>(
        "cancel-same-id-elsewhere", "A cancellation reaches no other connection", revisions: .perRequest, bindings: [.http], scoring: .additional,
        checks: [Check("cancel-own-requests-only", "A call goes on where another with the same id is given up")]
    ) { target, run in
        try await target.converse(run) { server in
            let sleeps = try await SleepingCalls(server)
            for milliseconds in kept {
                let (reply, isTelling) = try await outcome(besideNamesake: milliseconds, sleeps, server)
                let goesOn = try !reply.result().isError
                run.check("cancel-own-requests-only", goesOn, "it is answered with \(reply.seen)")
                if isTelling || !goesOn { break }
            }
        }
    }

    /// Has two calls with one id run at once, and gives one of them up.
    /// - Returns: What came of the other one, and whether that tells something: it does not where it ended by itself before the server had seen that.
    private static func outcome(
        besideNamesake milliseconds: Int64, _ sleeps: SleepingCalls, _ server: Conversation
    ) async throws -> (reply: Reply, isTelling: Bool) {
        let id = server.nextID()
        let clock = ContinuousClock()
        let start = clock.now
        let kept = try await sleeps.next(milliseconds: milliseconds)
        let keptCall = call(kept, id: id, server)
        defer { keptCall.cancel() }
        try await sleeps.waitForStart(of: kept, orFor: .zero)
        let givenUp = try await sleeps.next(milliseconds: forever)
        let givenUpCall = call(givenUp, id: id, server)
        defer { givenUpCall.cancel() }
        try await sleeps.waitForStart(of: givenUp, orFor: headStarts[0])
        givenUpCall.cancel()
        let isSeen = try await sleeps.seesCancellation(of: givenUp)
        let left = .milliseconds(milliseconds) - start.duration(to: clock.now)
        // That a call which is given up is cancelled at all is for `cancel-request` to say.
        return (try await keptCall.value, !isSeen || left > rest)
    }

    private static let lostStream = Scenario<ServerSubject>(
        "cancel-lost-stream", "A stream that is lost cancels nothing in a session", revisions: .between(.v2025_03_26, .v2025_11_25),
        bindings: [.http], scoring: .additional,
        checks: [Check("cancel-not-by-disconnect", "The call runs on when its stream is closed")]
    ) { target, run in
        try await target.converse(run) { server in
            let sleeps = try await SleepingCalls(server)
            let sleep = try await sleeps.next(milliseconds: forever)
            let id = server.nextID()
            let call = call(sleep, id: id, server)
            defer { call.cancel() }
            try await sleeps.waitForStart(of: sleep, orFor: headStarts[0])
            call.cancel()
            _ = try? await call.value
            let isCancelled = try await sleeps.seesCancellation(of: sleep)
            run.recommend("cancel-not-by-disconnect", !isCancelled, "the tool was cancelled")
            // It has no business any more. Whether this is followed is not asked here.
            try? await server.notify("notifications/cancelled", ["requestId": id, "reason": "Conformance"])
        }
    }

    private static let strangers = Scenario<ServerSubject>(
        "cancel-unknown", "Cancellations of what is not there", revisions: .all, scoring: .additional,
        checks: [Check("cancel-unknown-ignored", "Unknown ids, finished requests and malformed cancellations are ignored")]
    ) { target, run in
        guard run.binding == .stdio || run.revision.era == .handshake else {
            // The revision has no notifications over HTTP: all that is asked is that the server goes on.
            return try await target.converse(run) { server in
                guard let http = server.link as? HTTPLink else { return }
                let message: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": "no-such-request"]]
                let status = try await http.refusal(
                    .POST, HTTPLink.headers(for: message, server.linkContext), body: message.serialized(), token: http.token
                ).status
                run.check("cancel-unknown-ignored", status < 500, "the status is \(status)")
                let list = try await server.call("tools/list")
                run.check("cancel-unknown-ignored", list.response?["result"] != nil, "after it tools/list is answered with \(list.seen)")
            }
        }
        try await target.converse(run) { server in
            let finished = try await server.call("tools/list").id
            for params in [["requestId": "no-such-request"], ["requestId": 987_654], ["requestId": finished]] as [JSONObject] {
                try await server.notify("notifications/cancelled", params)
            }
            // Malformed: an HTTP server may refuse these with a status, and must go on.
            for params in [[:], ["requestId": [1]]] as [JSONObject] { try? await server.notify("notifications/cancelled", params) }
            let list = try await server.call("tools/list")
            run.check("cancel-unknown-ignored", list.response?["result"] != nil, "after them tools/list is answered with \(list.seen)")
        }
    }

    private static let concurrent = Scenario<ServerSubject>(
        "slow-call-does-not-block", "A slow call and quick ones", revisions: .all, scoring: .additional,
        checks: [Check("slow-call-does-not-block", "Quick requests are answered while a slow one runs")]
    ) { target, run in
        try await target.converse(run) { server in
            let sleeps = try await SleepingCalls(server)
            let sleep = try await sleeps.next(milliseconds: 20_000)
            let id = server.nextID()
            let slow = server.request("tools/call", sleep.params, id: id)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let isAnswered = Mutex(false)
                group.addTask {
                    let exchange = try await server.open(slow, within: .seconds(60))
                    while let message = try await exchange.next(within: .seconds(60)) { if message["method"] == nil { break } }
                    isAnswered.withLock { $0 = true }
                }
                try await sleeps.waitForStart(of: sleep, orFor: headStarts[0])
                for _ in 1...3 { _ = try await server.callTool("test_simple_text").result() }
                run.check("slow-call-does-not-block", !isAnswered.withLock(\.self), "the quick ones were answered after the slow one")
                if run.binding == .stdio || run.revision.era == .handshake {
                    try await server.notify("notifications/cancelled", ["requestId": id, "reason": "The quick ones are done"])
                }
                group.cancelAll()
            }
        }
    }

    private static let slow = Scenario<ServerSubject>(
        "slow-answer", "An answer that takes several seconds", revisions: .all, scoring: .additional,
        checks: [Check("slow-answer-arrives", "The answer of a call of a second and a half arrives, on whatever kind of answer the server chooses")]
    ) { target, run in
        try await target.converse(run) { server in
            try await server.requireTools("sleep", "count_cancelled")
            let reply = try await server.callTool("sleep", ["milliseconds": 1500])
            run.check("slow-answer-arrives", try !reply.result().isError, "it is answered with \(reply.seen)")
        }
    }
}
