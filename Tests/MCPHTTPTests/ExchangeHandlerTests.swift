import HTTPTypes
import MCPHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Synchronization
import Testing

@testable import MCPHTTPServer

/// What a connection holds of bodies, and when it ends, without a socket and by a clock that stands still.
@Suite(.timeLimit(.minutes(1))) struct ExchangeHandlerTests {
    /// Closes its output as a socket does, and not all of itself as the channel of tests.
    private final class Output: ChannelOutboundHandler, Sendable {
        typealias OutboundIn = HTTPResponsePart
        let isClosed = Atomic(false)

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode == .output else { return context.close(mode: mode, promise: promise) }
            isClosed.store(true, ordering: .relaxed)
            promise?.succeed()
        }
    }

    private struct Connection {
        let channel: NIOAsyncTestingChannel
        let bodies: BodyBudget
        private let output = Output()

        var isOutputClosed: Bool { output.isClosed.load(ordering: .relaxed) }

        /// - Parameter gate: Each request is answered when something comes out of it; at once where there is none.
        init(limit: Int, maximumBodyBytes: Int = 1000, gate: AsyncStream<Void>? = nil) async throws {
            let bodies = BodyBudget(limit: limit)
            let endpoint = HTTPEndpoint(maximumBodyBytes: maximumBodyBytes, bodies: bodies) { _, body, _, respond in
                if let gate { for await _ in gate { break } }
                respond(HTTPAnswer(status: body == nil ? .contentTooLarge : .ok, body: .bytes(Array("\(body?.count ?? 0)".utf8))))
            }
            self.bodies = bodies
            channel = try await NIOAsyncTestingChannel { [output] channel in
                try channel.pipeline.syncOperations.addHandler(output)
                try channel.pipeline.syncOperations.addHandler(
                    ExchangeHandler(
                        exchange: ConnectionExchange(endpoint: endpoint, channel: channel), maximumBodyBytes: maximumBodyBytes, bodies: bodies,
                        bodyTimeout: .seconds(10)))
            }
            try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        }

        /// - Parameter connection: The values of the header `Connection`, as often as it is given.
        func head(connection: [String] = []) async throws {
            var head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/mcp")
            for value in connection { head.headerFields.append(HTTPField(name: .connection, value: value)) }
            try await channel.writeInbound(HTTPRequestPart.head(head))
        }

        func body(_ count: Int) async throws { try await channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 1, count: count))) }

        func end() async throws { try await channel.writeInbound(HTTPRequestPart.end(nil)) }

        /// Status and body of the next answer.
        func answer() async throws -> (status: Int, body: String) {
            let answer = try await wholeAnswer()
            return (answer.status, answer.body)
        }

        func wholeAnswer() async throws -> (status: Int, connection: String?, body: String) {
            var (status, connection) = (0, String?.none)
            var body = ""
            while true {
                switch try await channel.waitForOutboundWrite(as: HTTPResponsePart.self) {
                case .head(let head): (status, connection) = (head.status.code, head.headerFields[.connection])
                case .body(let bytes): body += String(buffer: bytes)
                case .end: return (status, connection, body)
                }
            }
        }

        /// The task of an exchange has a moment to end.
        func isGivenBack() async { while bodies.used != 0 { await Task.yield() } }
    }

    @Test func whatHasComeIsCountedUntilTheExchangeEnds() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let connection = try await Connection(limit: 100, gate: gate)
        try await connection.head()
        #expect(connection.bodies.used == 0)
        try await connection.body(4)
        #expect(connection.bodies.used == 4)
        try await connection.body(6)
        try await connection.end()
        #expect(connection.bodies.used == 10)
        // A second request waits, and what has come of it counts too.
        try await connection.head()
        try await connection.body(30)
        #expect(connection.bodies.used == 40)
        open.yield()
        #expect(try await connection.answer() == (200, "10"))
        try await connection.end()
        open.yield()
        #expect(try await connection.answer() == (200, "30"))
        await connection.isGivenBack()
    }

    @Test func whatFindsNoRoomIsRefusedAndItsRestDropped() async throws {
        let connection = try await Connection(limit: 8)
        try await connection.head()
        try await connection.body(4)
        try await connection.body(6)
        #expect(try await connection.answer().status == 503)
        #expect(connection.bodies.used == 0)
        for count in [5, 900, 1] { try await connection.body(count) }
        #expect(connection.bodies.used == 0)
        try await connection.end()
        try await connection.head()
        try await connection.body(8)
        try await connection.end()
        #expect(try await connection.answer() == (200, "8"))
        await connection.isGivenBack()
    }

    @Test func aRequestThatWaitsIsRefusedInItsTurn() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let connection = try await Connection(limit: 8, gate: gate)
        for count in [6, 6, 1] {
            try await connection.head()
            try await connection.body(count)
            try await connection.end()
        }
        #expect(connection.bodies.used == 7)
        open.yield()
        #expect(try await connection.answer() == (200, "6"))
        #expect(try await connection.answer().status == 503)
        open.yield()
        #expect(try await connection.answer() == (200, "1"))
        await connection.isGivenBack()
    }

    @Test func aBodyThatIsTooLongIsNotHeld() async throws {
        let connection = try await Connection(limit: 100, maximumBodyBytes: 10)
        try await connection.head()
        try await connection.body(8)
        try await connection.body(8)
        #expect(try await connection.answer().status == 413)
        #expect(connection.bodies.used == 0)
        try await connection.body(8)
        try await connection.end()
        #expect(connection.bodies.used == 0)
    }

    @Test func aConnectionThatEndsGivesBackWhatItHeld() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let connection = try await Connection(limit: 100, gate: gate)
        try await connection.head()
        try await connection.body(4)
        try await connection.end()
        try await connection.head()
        try await connection.body(5)
        try await connection.channel.close()
        open.yield()
        await connection.isGivenBack()

        let collecting = try await Connection(limit: 100)
        try await collecting.head()
        try await collecting.body(7)
        #expect(collecting.bodies.used == 7)
        try await collecting.channel.close()
        await collecting.isGivenBack()
    }

    @Test func aBodyThatTricklesInIsNotWaitedFor() async throws {
        let connection = try await Connection(limit: 100)
        try await connection.head()
        for _ in 0..<3 { try await connection.body(1) }
        await connection.channel.testingEventLoop.advanceTime(by: .seconds(10))
        try await connection.body(1)
        #expect(connection.channel.isActive)
        await connection.channel.testingEventLoop.advanceTime(by: .seconds(1))
        try await connection.body(1)
        #expect(!connection.channel.isActive)
        await connection.isGivenBack()
    }

    /// RFC 9110 section 7.6.1: a list, in any case, and as often as the client likes.
    @Test(arguments: [["close"], ["keep-alive, close"], ["close, x"], ["Close,x"], ["x,\tCLOSE"], ["keep-alive", "close"], ["x", "keep-alive, close"]])
    func aClientThatWantsTheConnectionClosedIsUnderstood(_ values: [String]) async throws {
        let connection = try await Connection(limit: 100)
        try await connection.head(connection: values)
        try await connection.end()
        let answer = try await connection.wholeAnswer()
        #expect(answer.status == 200 && answer.connection == "close")
        #expect(connection.isOutputClosed)
    }

    @Test(arguments: [[], ["keep-alive"], ["closed"], ["x-close, keep-alive"], ["close-x", "upgrade"]])
    func whatOnlyLooksLikeItClosesNothing(_ values: [String]) async throws {
        let connection = try await Connection(limit: 100)
        for _ in 0..<2 {
            try await connection.head(connection: values)
            try await connection.end()
            let answer = try await connection.wholeAnswer()
            #expect(answer.status == 200 && answer.connection == nil)
        }
        #expect(!connection.isOutputClosed)
    }

    /// It would keep the idle time-out away with requests that are not answered any more.
    @Test func whoDoesNotEndTheConnectionAfterTheLastAnswerHasSomeTimeForIt() async throws {
        let connection = try await Connection(limit: 100)
        try await connection.head(connection: ["close"])
        try await connection.end()
        #expect(try await connection.answer().status == 200)
        await connection.channel.testingEventLoop.advanceTime(by: .seconds(9))
        try await connection.head()
        #expect(connection.channel.isActive)
        await connection.channel.testingEventLoop.advanceTime(by: .seconds(1))
        #expect(!connection.channel.isActive)
    }

    @Test(arguments: [true, false]) func whatCannotBeParsedIsAnsweredUnlessTheLastAnswerHasBeenGiven(isBehindTheLast: Bool) async throws {
        let connection = try await Connection(limit: 100)
        try await connection.head(connection: isBehindTheLast ? ["close"] : [])
        try await connection.end()
        #expect(try await connection.answer().status == 200)
        connection.channel.pipeline.fireErrorCaught(HTTPParserError.invalidMethod)
        if isBehindTheLast {
            // The client reads the last answer, which a connection that is closed at once could take away.
            #expect(connection.channel.isActive)
            #expect(try await connection.channel.readOutbound(as: HTTPResponsePart.self) == nil)
        } else {
            #expect(try await connection.answer().status == 400)
            #expect(!connection.channel.isActive)
        }
    }
}
