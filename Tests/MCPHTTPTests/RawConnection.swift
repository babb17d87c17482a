import NIOCore
import NIOPosix

/// A connection to a running server whose bytes a test writes and reads itself.
struct RawConnection: ~Copyable {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let channel: any Channel
    private var held = ""

    /// An answer: its head, and its body as far as `Content-Length` says.
    struct Answer {
        var head: String
        var body: String
        var status: Int? { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
    }

    static func with<Value: Sendable>(_ url: String, _ body: @Sendable (inout RawConnection) async throws -> Value) async throws -> Value {
        let address = url.dropFirst("http://".count).prefix { $0 != "/" }.split(separator: ":")
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: String(address[0]), port: Int(address[1]) ?? 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound, channel: channel.channel)
            return try await body(&connection)
        }
    }

    func write(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    /// Closes the sending side.
    func finish() { outbound.finish() }

    /// Reads up to the end of the next answer; `nil` where the server closes instead.
    mutating func answer() async throws -> Answer? {
        guard let head = try await read(through: "\r\n\r\n") else { return nil }
        let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }?.split(separator: " ").last.flatMap { Int($0) }
        while held.utf8.count < length ?? 0 { guard try await readMore() else { return nil } }
        let body = String(held.utf8.prefix(length ?? 0)) ?? ""
        held.removeFirst(body.count)
        return Answer(head: head, body: body)
    }

    /// Reads until `text` has come, and gives everything up to it.
    mutating func read(through text: String) async throws -> String? {
        while true {
            if let range = held.firstRange(of: text) {
                let found = String(held[..<range.upperBound])
                held.removeSubrange(..<range.upperBound)
                return found
            }
            guard try await readMore() else { return nil }
        }
    }

    /// Everything up to the end that the server makes.
    mutating func readToEnd() async throws -> String {
        while try await readMore() {}
        return held
    }

    private mutating func readMore() async throws -> Bool {
        guard let bytes = try await inbound.next() else { return false }
        held += String(buffer: bytes)
        return true
    }

    private init(
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, channel: any Channel
    ) {
        self.inbound = inbound
        self.outbound = outbound
        self.channel = channel
    }
}
