import NIOCore
import NIOEmbedded
import Testing

@testable import MCPHTTPServer

/// A reader that takes nothing for some time, by a clock that stands still.
@Suite struct WriteTimeoutTests {
    private static func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: WriteTimeoutHandler(timeout: .seconds(60)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private static let chunk = ByteBuffer(string: ": keep-alive")

    @Test func aConnectionThatTakesNothingIsClosed() throws {
        let channel = try Self.channel()
        // What is not flushed stays, as it does before a socket that is full.
        channel.write(Self.chunk, promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func whatIsAddedIsNoProgress() throws {
        let channel = try Self.channel()
        for _ in 0..<4 {
            #expect(channel.isActive)
            channel.write(Self.chunk, promise: nil)
            channel.embeddedEventLoop.advanceTime(by: .seconds(15))
        }
        #expect(!channel.isActive)
    }

    @Test func whoeverTakesSomethingNowAndThenIsSlowAndNotGone() throws {
        let channel = try Self.channel()
        for _ in 0..<10 {
            channel.write(Self.chunk, promise: nil)
            channel.embeddedEventLoop.advanceTime(by: .seconds(45))
            #expect(channel.isActive)
            channel.flush()
        }
        channel.write(Self.chunk, promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(75))
        #expect(!channel.isActive)
    }

    @Test func aQuietConnectionIsLeftAlone() throws {
        let channel = try Self.channel()
        channel.writeAndFlush(Self.chunk, promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .hours(24))
        #expect(channel.isActive)
        // The time counts from what is written next.
        channel.write(Self.chunk, promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }
}
