import ConformanceFixtures
import MCPCore
import MCPHTTP
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import MCPHTTPServer

/// What a connection does between requests and when its client does not behave.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    private static func post(_ tool: String, id: Int, message: String = "hello", _ further: String = "") -> String {
        let meta = #"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"progressToken":"p"}"#
        let body =
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","_meta":\#(meta),"arguments":{"message":"\#(message)"}}}"#
        return """
            POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
            MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: \(tool)\r\n\(further)Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
    }

    /// A call in a session of the handshake era.
    private static func post(_ tool: String, id: Int, session: String) -> String {
        message(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","_meta":{"progressToken":"p"}}}"#,
            "Mcp-Session-Id: \(session)\r\n")
    }

    private static func message(_ body: String, _ further: String = "") -> String {
        """
        POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
        \(further)Content-Length: \(body.utf8.count)\r\n\r\n\(body)
        """
    }

    private static func openSession(_ url: String) async throws -> String {
        try await RawConnection.with(url) { connection in
            let params = #"{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}"#
            try await connection.write(message(#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":\#(params)}"#))
            let head = try #require(try await connection.answer()?.head)
            let field = try #require(head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("mcp-session-id:") })
            return String(try #require(field.split(separator: " ").last))
        }
    }

    /// Where the endpoint stands: by itself, or in the router of somebody's server; and in which era it is called.
    struct Way: Sendable, CustomTestStringConvertible {
        var isMounted = false
        var isSession = false
        var testDescription: String { (isMounted ? "in a router" : "by itself") + (isSession ? ", in a session" : "") }

        func run<Value: Sendable>(_ server: Server, _ body: @escaping @Sendable (String) async throws -> Value) async throws -> Value {
            isMounted ? try await withMountedServer(server, body) : try await withRunningServer(server, body)
        }
    }

    @Test func requestsInOneWriteAreAnsweredInTheirOrderOnOneConnection() async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                try await connection.write((1...100).map { Self.post("echo", id: $0, message: "message \($0)") }.joined())
                for id in 1...100 {
                    let answer = try #require(try await connection.answer())
                    let json = try JSONValue(parsing: Array(answer.body.utf8))
                    #expect(answer.status == 200)
                    #expect(json["id"] == .integer(Int64(id)))
                    #expect(json["result"]?["content"]?[0]?["text"] == .string("message \(id)"))
                }
            }
        }
    }

    @Test func aBodyThatIsTooLongIsRefusedAndTheConnectionIsUsedAgain() async throws {
        try await withRunningServer(configuration: .init(maximumBodyBytes: 1000)) { url in
            try await RawConnection.with(url) { connection in
                try await connection.write(Self.post("echo", id: 1, message: String(repeating: "x", count: 2000)))
                #expect(try await connection.answer()?.status == 413)
                // Without a length it is found out on the way.
                let chunk = String(repeating: "y", count: 800)
                try await connection.write(
                    "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                for _ in 0..<3 { try await connection.write("320\r\n\(chunk)\r\n") }
                try await connection.write("0\r\n\r\n")
                #expect(try await connection.answer()?.status == 413)
                try await connection.write(Self.post("echo", id: 2))
                #expect(try await connection.answer()?.status == 200)
            }
        }
    }

    @Test func connectionCloseIsHeededAndOtherPathsAreNotFound() async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                try await connection.write("GET /other?x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                let missing = try #require(try await connection.answer())
                #expect(missing.status == 404)
                #expect(missing.body.contains("/mcp"))
                #expect(missing.head.contains("GMT"))
                try await connection.write(Self.post("echo", id: 1, "Connection: close\r\n"))
                let last = try #require(try await connection.answer())
                #expect(last.status == 200)
                #expect(last.head.lowercased().contains("connection: close"))
                #expect(try await connection.answer() == nil)
            }
        }
    }

    @Test func theAnswerToHeadHasNoBody() async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                for (path, status) in [("/mcp", 405), ("/other", 404)] {
                    try await connection.write("HEAD \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    let head = try #require(try await connection.read(through: "\r\n\r\n"))
                    #expect(head.hasPrefix("HTTP/1.1 \(status) "))
                    // What comes next is the next answer.
                    try await connection.write(Self.post("echo", id: 1))
                    #expect(try await connection.answer()?.head.hasPrefix("HTTP/1.1 200 ") == true)
                }
            }
        }
    }

    @Test func whatIsNoHTTPIsAnsweredAndTheConnectionClosed() async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                try await connection.write("nonsense\r\n\r\n")
                #expect(try await connection.answer()?.status == 400)
                #expect(try await connection.answer() == nil)
            }
        }
    }

    /// RFC 9110 section 10.1.1.
    @Test func aClientThatWaitsWithItsBodyIsToldToSendIt() async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                let request = Self.post("echo", id: 1)
                let end = try #require(request.range(of: "\r\n\r\n"))
                try await connection.write(request[..<end.lowerBound] + "\r\nExpect: 100-continue\r\n\r\n")
                #expect(try await connection.answer()?.status == 100)
                try await connection.write(String(request[end.upperBound...]))
                #expect(try await connection.answer()?.status == 200)
                // A body that is refused is not asked for, and where the next request would begin nobody knows.
                try await connection.write(
                    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
                        + "Content-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n")
                let refusal = try #require(try await connection.answer())
                #expect(refusal.status == 413 && refusal.head.lowercased().contains("connection: close"))
                #expect(try await connection.answer() == nil)
            }
        }
    }

    /// A client of HTTP/1.0 reads no chunks, and reads to the end of the connection.
    @Test(arguments: ["echo", "test_tool_with_progress"]) func http10IsAnsweredInHTTP10(tool: String) async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                try await connection.write(Self.post(tool, id: 1).replacing("HTTP/1.1", with: "HTTP/1.0", maxReplacements: 1))
                let head = try #require(try await connection.read(through: "\r\n\r\n"))
                #expect(head.hasPrefix("HTTP/1.0 200 ") && !head.lowercased().contains("transfer-encoding"))
                #expect(head.lowercased().contains("connection: close"))
                let rest = try await connection.readToEnd()
                #expect(rest.contains("\"id\":1") && rest.contains("\"result\""))
            }
        }
    }

    @Test func whatComesBeforeGarbageIsAnswered() async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                try await connection.write(Self.post("echo", id: 1) + Self.post("echo", id: 2) + "nonsense\r\n\r\n")
                for _ in 1...2 { #expect(try await connection.answer()?.status == 200) }
                #expect(try await connection.answer() == nil)
            }
        }
    }

    /// Each further read is an error of the parser then.
    @Test func garbageThatGoesOnDoesNotTakeTheAnswerAway() async throws {
        let (running, began) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "gated")) { _, _ in
            began.yield()
            for await _ in gate { break }
            return CallToolResult(text: "well")
        }
        try await withRunningServer(Server("gated", version: "1") { tool }) { url in
            try await RawConnection.with(url) { connection in
                try await connection.write(Self.post("gated", id: 1) + "nonsense\r\n\r\n")
                for await _ in running { break }
                for _ in 0..<3 { try await connection.write("more nonsense\r\n\r\n") }
                open.yield()
                #expect(try await connection.answer()?.status == 200)
            }
        }
    }

    /// A request of HTTP/1.0 behind one of HTTP/1.1 changes nothing about the answer to that, and is the last. It knows no `100 Continue`.
    @Test func requestsOfBothVersionsAreAnsweredInTheirOwn() async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                let old = Self.post("echo", id: 2, message: "hello", "Expect: 100-continue\r\n").replacing("HTTP/1.1", with: "HTTP/1.0", maxReplacements: 1)
                try await connection.write(Self.post("echo", id: 1) + old)
                #expect(try await connection.answer()?.head.hasPrefix("HTTP/1.1 200 ") == true)
                #expect(try await connection.answer()?.head.hasPrefix("HTTP/1.0 200 ") == true)
                #expect(try await connection.answer() == nil)
            }
        }
    }

    /// RFC 9112 section 3.2.
    @Test(arguments: ["evil.example", "127.0.0.1"]) func moreThanOneHostIsRefused(second: String) async throws {
        try await withRunningServer { url in
            try await RawConnection.with(url) { connection in
                try await connection.write(Self.post("echo", id: 1, message: "hello", "Host: \(second)\r\n"))
                #expect(try await connection.answer()?.status == 400)
            }
        }
    }

    @Test(arguments: [false, true], [false, true])
    func aClientThatGoesCancelsItsHandlerWhateverTheAnswerIs(isStream: Bool, isMounted: Bool) async throws {
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let (cancelled, cancel) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "wait")) { _, context in
            if isStream { try await context.progress(1) }
            begin.yield()
            do { try await Task.sleep(for: .seconds(3600)) } catch { cancel.yield() }
            return CallToolResult(text: "late")
        }
        try await Way(isMounted: isMounted).run(Server("waiting", version: "1") { tool }) { url in
            try await RawConnection.with(url) { connection in
                try await connection.write(Self.post("wait", id: 1))
                for await _ in began { break }
                connection.finish()
                for await _ in cancelled { break }
            }
        }
    }

    /// A handler that floods a client which reads nothing stops at what the sockets hold, while others are served.
    @Test(arguments: [Way(), Way(isSession: true), Way(isMounted: true), Way(isMounted: true, isSession: true)])
    func aClientThatReadsNothingStopsItsHandler(way: Way) async throws {
        let sent = Mutex(0)
        let all = 400_000
        let tool = ServerTool(Tool(name: "flood")) { _, context in
            let text = String(repeating: "x", count: 1000)
            for number in 0..<all {
                try await context.progress(Double(number), message: text)
                sent.withLock { $0 += 1 }
            }
            return CallToolResult(text: "everything was sent")
        }
        let echo = ServerTool(Tool(name: "echo")) { _, _ in CallToolResult(text: "here") }
        let server = Server("flooding", version: "1", configuration: ServerConfiguration(rateLimits: .none)) { [tool, echo] }
        try await way.run(server) { url in
            let session = way.isSession ? try await Self.openSession(url) : nil
            try await RawConnection.with(url) { flooded in
                try await flooded.write(session.map { Self.post("flood", id: 1, session: $0) } ?? Self.post("flood", id: 1))
                #expect(try await flooded.read(through: "notifications/progress") != nil)
                try await RawConnection.with(url) { other in
                    var last = -1
                    var unchanged = 0
                    while unchanged < 100 {
                        try await other.write(Self.post("echo", id: 2))
                        #expect(try await other.answer()?.status == 200)
                        let now = sent.withLock(\.self)
                        unchanged = now == last ? unchanged + 1 : 0
                        last = now
                    }
                    // About 1.1 KB each: the sockets' own buffers and what the queues hold.
                    #expect(last < 30_000)
                }
            }
        }
    }

    /// Nobody ends by itself here but the reader that stalls, or rather the connection to it.
    @Test(arguments: [false, true]) func aReaderThatStallsIsClosedAndItsHandlerEnds(isMounted: Bool) async throws {
        let (cancelled, cancel) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "flood")) { _, context in
            let text = String(repeating: "x", count: 1000)
            do { for number in 1... { try await context.progress(Double(number), message: text) } } catch { cancel.yield() }
            return CallToolResult(text: "nobody reads this")
        }
        let server = Server("flooding", version: "1", configuration: ServerConfiguration(rateLimits: .none)) { tool }
        let body: @Sendable (String) async throws -> Void = { url in
            try await RawConnection.with(url) { flooded in
                try await flooded.write(Self.post("flood", id: 1))
                #expect(try await flooded.read(through: "notifications/progress") != nil)
                for await _ in cancelled { break }
            }
        }
        if isMounted {
            try await withMountedServer(server, writeTimeout: .milliseconds(100), body)
        } else {
            try await withRunningServer(server, change: { $0.writeTimeout = .milliseconds(100) }, body)
        }
    }

    @Test func connectionsBeyondTheLimitAreClosedAtOnce() async throws {
        try await withRunningServer(change: { $0.maximumConnections = 1 }) { url in
            try await RawConnection.with(url) { first in
                try await first.write(Self.post("echo", id: 1))
                #expect(try await first.answer()?.status == 200)
                #expect(try await Self.status(url) == nil)
                try await first.write(Self.post("echo", id: 2))
                #expect(try await first.answer()?.status == 200)
            }
            // The first one has a moment to end.
            while try await Self.status(url) != 200 {}
        }
    }

    /// The status that a connection of its own gets; `nil` where it is closed instead.
    private static func status(_ url: String) async throws -> Int? {
        try await unlessClosed(url) { connection in
            try await connection.write(post("echo", id: 1))
            return try await connection.answer()?.status
        } ?? nil
    }

    /// - Returns: `nil` where the connection is closed while it is written to or read from.
    private static func unlessClosed<Value: Sendable>(_ url: String, _ body: @Sendable (inout RawConnection) async throws -> Value) async throws -> Value? {
        do {
            return try await RawConnection.with(url, body)
        } catch is IOError {
            return nil
        } catch is ChannelError {
            return nil
        }
    }

    @Test func aConnectionWithoutARequestIsClosedAfterTheIdleTime() async throws {
        try await withRunningServer(change: { $0.idleTimeout = .milliseconds(50) }) { url in
            // On a busy machine a connection may be closed before its first request: that one counts for nothing.
            while true {
                let isServed = try await Self.unlessClosed(url) { connection in
                    try await connection.write(Self.post("echo", id: 1))
                    guard let answer = try await connection.answer() else { return false }
                    #expect(answer.status == 200)
                    #expect(try await connection.answer() == nil)
                    return true
                }
                if isServed == true { break }
            }
        }
    }

    @Test(arguments: [false, true]) func bodiesBeyondTheBudgetAreRefusedAndWhatHasEndedIsGivenBack(isMounted: Bool) async throws {
        let configuration = HTTPHandlerConfiguration(maximumTotalBodyBytes: 1000)
        let body: @Sendable (String) async throws -> Void = { url in
            try await RawConnection.with(url) { connection in
                for id in 1...10 {
                    try await connection.write(Self.post("echo", id: id, message: String(repeating: "x", count: 2000)))
                    let refused = try #require(try await connection.answer())
                    #expect(refused.status == 503)
                    #expect(refused.head.lowercased().contains("retry-after: 1"))
                    // The exchange before has a moment to end.
                    while true {
                        try await connection.write(Self.post("echo", id: id, message: String(repeating: "x", count: 500)))
                        if try await connection.answer()?.status == 200 { break }
                    }
                }
            }
        }
        if isMounted {
            try await withMountedServer(FixtureServer.make(), configuration: configuration, body)
        } else {
            try await withRunningServer(configuration: configuration, body)
        }
    }

    #if os(Linux)
    @Test func theSystemLooksAfterReadersThatAreGone() async throws {
        try await withRunningServer { url in
            let port = try #require(url.dropFirst("http://127.0.0.1:".count).split(separator: "/").first.flatMap { Int($0) })
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.closeWhenStalled(for: .seconds(60)) } }
                .connect(host: "127.0.0.1", port: port).get()
            #expect(try await channel.getOption(.userTimeout).get() == 60_000)
            try await channel.close()
        }
    }
    #endif

    @Test func dates() {
        var date = ResponseDate()
        #expect(date.text(at: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(date.text(at: 0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(date.text(at: 1_709_251_199) == "Thu, 29 Feb 2024 23:59:59 GMT")
    }
}
