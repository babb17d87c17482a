import MCPCore
import Synchronization
import Testing
import TestSupport

/// What a client hears of a call's progress.
@Suite(.timeLimit(.minutes(1))) struct ProgressTests {
    private static func server(_ limit: RateLimit?, _ clock: StoppedClock = StoppedClock()) -> Server {
        Server("progress", version: "1", configuration: ServerConfiguration(rateLimits: RateLimits(progress: limit), environment: clock.environment)) {
            ServerTool(
                Tool(
                    name: "report",
                    inputSchema: ["type": "object", "properties": ["values": ["type": "array", "items": ["type": "number"]], "fails": ["type": "boolean"]]])
            ) { arguments, context in
                for value in try arguments.decode("values", as: [Double].self) {
                    // A value of 1000 and more is a pause of so many milliseconds.
                    if value >= 1000 {
                        clock.advance(milliseconds: Int64(value))
                    } else {
                        try await context.progress(value, total: 100, message: "at \(value)")
                    }
                }
                if try arguments.decode("fails", default: false) { throw ToolError("failed") }
                return CallToolResult(text: "done")
            }
        }
    }

    private static func heard(
        _ values: [JSONValue], fails: Bool = false, at server: Server, _ revision: ProtocolRevision, token: JSONValue = "p"
    ) async throws -> [JSONValue?] {
        let served = try await ServedRequest(
            "tools/call", ["name": "report", "arguments": ["values": .array(values), "fails": .bool(fails)]], meta: ["progressToken": token], at: server,
            Peer(revision: revision))
        #expect(served.text == (fails ? "failed" : "done"))
        for notification in served.notifications {
            #expect(notification.method == "notifications/progress")
            #expect(notification.params["progressToken"] == token)
        }
        return served.notifications.map { $0.params["progress"] }
    }

    @Test(arguments: bothEras) func aValueThatDoesNotGrowIsNotSent(_ revision: ProtocolRevision) async throws {
        let server = Self.server(nil)
        #expect(try await Self.heard([0, 0, 10, 5, 10, 10.5, 10.25, 20, -1, 100, 100], at: server, revision) == [0, 10, 10.5, 20, 100])
    }

    @Test(arguments: bothEras) func beyondTheRateTheNewestGoesOutLaterOrAtTheEnd(_ revision: ProtocolRevision) async throws {
        let server = Self.server(RateLimit(perSecond: 1, burst: 2))
        let flood = (1...50).map { JSONValue.integer($0) }
        #expect(try await Self.heard(flood, at: server, revision) == [1, 2, 50])
        #expect(try await Self.heard(flood, fails: true, at: server, revision) == [1, 2, 50])
        // After a pause there is room again.
        #expect(try await Self.heard([1, 2, 3, 4, 1000, 5, 6, 7, 1000, 8, 9], at: server, revision) == [1, 2, 5, 8, 9])
        #expect(try await Self.heard([1, 2], at: server, revision) == [1, 2])
    }

    @Test(arguments: bothEras) func withoutATokenNothingIsSent(_ revision: ProtocolRevision) async throws {
        for token in [nil, 1.5, [1]] as [JSONValue] {
            let served = try await ServedRequest(
                "tools/call", ["name": "report", "arguments": ["values": [1, 2]]], meta: token.isNull ? [:] : ["progressToken": token], at: Self.server(nil),
                Peer(revision: revision), isValid: token.isNull)
            #expect(served.notifications.isEmpty)
        }
    }

    /// A task that the handler has started and not waited for goes on with the context, and nobody hears of it.
    @Test(arguments: bothEras) func nothingIsSentAfterTheEnd(_ revision: ProtocolRevision) async throws {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let (tried, tries) = AsyncStream.makeStream(of: Void.self)
        let told = Collected<String>()
        let sent = Collected<JSONRPCNotification>()
        let server = Server("late", version: "1", configuration: ServerConfiguration(offersLogging: true, diagnostics: { told.add($0.description) })) {
            ServerTool(Tool(name: "late")) { _, context in
                try await context.progress(1)
                Task {
                    for await _ in ended { break }
                    try await context.progress(2)
                    try await context.log(.error, "late")
                    tries.yield()
                }
                return CallToolResult(text: "over")
            }
        }
        let request = JSONRPCRequest(id: 1, method: "tools/call", params: ["name": "late", "_meta": ["progressToken": 7]])
        let response = await server.kernel.respond(to: request, peer: Peer(revision: revision, logLevel: .debug)) { sent.add($0) }
        #expect(response.json["result"] != nil)
        end.yield()
        for await _ in tried { break }
        #expect(sent.all.map { $0.params["progress"] } == [1])
        #expect(told.all.count == 2)
        #expect(told.all.allSatisfy { $0.contains("of a request that has been answered") })
    }

    /// What is on its way when the handler returns comes before the response.
    @Test(arguments: bothEras) func theResponseIsTheLast(_ revision: ProtocolRevision) async throws {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        let order = Collected<String>()
        let server = Server("slow", version: "1") {
            ServerTool(Tool(name: "t")) { _, context in
                Task { try await context.progress(1) }
                for await _ in begun { break }
                return CallToolResult(text: "over")
            }
        }
        let request = JSONRPCRequest(id: 1, method: "tools/call", params: ["name": "t", "_meta": ["progressToken": 7]])
        let responding = Task {
            _ = await server.kernel.respond(to: request, peer: Peer(revision: revision)) { _ in
                begin.yield()
                for await _ in opened { break }
                order.add("progress")
            }
            order.add("response")
        }
        // The handler has time to return, and its response would be first.
        for _ in 0..<1000 { await Task.yield() }
        open.yield()
        await responding.value
        #expect(order.all == ["progress", "response"])
    }

    @Test(arguments: bothEras) func twoCallsAtOnceHearOfTheirOwnProgress(_ revision: ProtocolRevision) async throws {
        let tokens = Collected<JSONValue>()
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let waiting = Mutex(0)
        let server = Server("two", version: "1") {
            ServerTool(Tool(name: "t", inputSchema: ["type": "object", "properties": ["from": ["type": "integer"]]])) { arguments, context in
                tokens.add(context.meta[MetaKey.progressToken] ?? .null)
                let from = try arguments.decode("from", as: Int.self)
                try await context.progress(Double(from))
                // Both are under way before either goes on.
                let all = waiting.withLock { waiting in
                    waiting += 1
                    return waiting
                }
                if all == 2 { for _ in 0..<2 { isReady.yield() } }
                for await _ in ready { break }
                try await context.progress(Double(from + 1))
                return CallToolResult(text: "\(from)")
            }
        }
        try await withFeatures(of: server, revision) { (client: Client) async throws -> Void in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for from in [10, 20] {
                    group.addTask {
                        let heard = Collected<Double>()
                        _ = try await client.callTool("t", ["from": .integer(Int64(from))]) { heard.add($0.progress) }
                        #expect(heard.all == [Double(from), Double(from + 1)])
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(tokens.all.count == 2 && tokens.all[0] != tokens.all[1])
    }
}
