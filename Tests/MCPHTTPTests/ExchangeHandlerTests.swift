import HTTPTypes
import MCPHTTP
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import MCPHTTPServer

/// What a connection holds of bodies, without a socket and by a clock that stands still.
@Suite(.timeLimit(.minutes(1))) struct ExchangeHandlerTests {
    private struct Connection {
        let channel: NIOAsyncTestingChannel
        let bodies: BodyBudget

        /// - Parameter gate: Each request is answered when something comes out of it; at once where there is none.
        init(limit: Int, maximumBodyBytes: Int = 1000, gate: AsyncStream<Void>? = nil) async throws {
            let bodies = BodyBudget(limit: limit)
            let endpoint = HTTPEndpoint(maximumBodyBytes: maximumBodyBytes, bodies: bodies) { _, body, _, respond in
                if let gate { for await _ in gate { break } }
                respond(HTTPAnswer(status: body == nil ? .contentTooLarge : .ok, body: .bytes(Array("\(body?.count ?? 0)".utf8))))
            }
            self.bodies = bodies
            channel = try await NIOAsyncTestingChannel { channel in
                try channel.pipeline.syncOperations.addHandler(
                    ExchangeHandler(
                        exchange: ConnectionExchange(endpoint: endpoint, channel: channel), maximumBodyBytes: maximumBodyBytes, bodies: bodies,
                        bodyTimeout: .seconds(10)))
            }
            try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        }

        func head() async throws {
            try await channel.writeInbound(HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/mcp")))
        }

        func body(_ count: Int) async throws { try await channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 1, count: count))) }

        func end() async throws { try await channel.writeInbound(HTTPRequestPart.end(nil)) }

        /// Status and body of the next answer.
        func answer() async throws -> (status: Int, body: String) {
            var status = 0
            var body = ""
            while true {
                switch try await channel.waitForOutboundWrite(as: HTTPResponsePart.self) {
                case .head(let head): status = head.status.code
                case .body(let bytes): body += String(buffer: bytes)
                case .end: return (status, body)
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
}
