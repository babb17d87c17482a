import Foundation
import MCPCore
import NIOCore
import NIOPosix

/// Plain bytes over TCP, so that tests can send what no well-behaved client would.
enum RawConnection {
    static func open(port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
    }
}

struct RawHTTP {
    var status: Int
    var headers: [String: String]
    var body: String

    static func get(_ path: String, port: Int, headers: [String: String] = [:]) async throws -> RawHTTP {
        var lines = headers
        if lines["Host"] == nil { lines["Host"] = "127.0.0.1:\(port)" }
        let head = lines.map { "\($0.key): \($0.value)\r\n" }.joined()
        return try await exchange("GET \(path) HTTP/1.1\r\n\(head)Connection: close\r\n\r\n", port: port)
    }

    /// Sends a request and reads until the server closes.
    static func exchange(_ request: String, port: Int) async throws -> RawHTTP {
        let text = try await RawConnection.open(port: port).executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var all = ByteBuffer()
            for try await piece in inbound { all.writeImmutableBuffer(piece) }
            return String(buffer: all)
        }
        guard let end = text.range(of: "\r\n\r\n") else { throw RawSocketError(description: "No answer to \(request)") }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        return RawHTTP(status: status, headers: headers, body: String(text[end.upperBound...]))
    }
}

struct RawSocketError: Error, CustomStringConvertible { let description: String }

/// A WebSocket client of a few lines: masked frames out, whole frames in (RFC 6455 section 5).
actor RawWebSocket {
    private let write: @Sendable (ByteBuffer) async throws -> Void
    private let incoming: AsyncThrowingStream<ByteBuffer, any Error>
    private var buffer = ByteBuffer()

    private init(write: @escaping @Sendable (ByteBuffer) async throws -> Void, incoming: AsyncThrowingStream<ByteBuffer, any Error>) {
        self.write = write
        self.incoming = incoming
    }

    /// Opens a line and reads the 101. It stays open until the server is gone.
    static func open(_ handshake: String, port: Int) async throws -> RawWebSocket {
        let (stream, source) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(Receiver(source: source)) }
            .connect(host: "127.0.0.1", port: port).get()
        let socket = RawWebSocket(write: { try await channel.writeAndFlush($0) }, incoming: stream)
        try await channel.writeAndFlush(ByteBuffer(string: handshake))
        let head = try await socket.readHead()
        guard head.hasPrefix("HTTP/1.1 101") else { throw RawSocketError(description: head) }
        return socket
    }

    func send(_ text: String, opcode: UInt8 = 0x1) async throws {
        let bytes = Array(text.utf8)
        var frame = ByteBuffer()
        frame.writeInteger(0x80 | opcode)
        if bytes.count < 126 {
            frame.writeInteger(0x80 | UInt8(bytes.count))
        } else {
            frame.writeInteger(0x80 | UInt8(126))
            frame.writeInteger(UInt16(bytes.count))
        }
        let mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        frame.writeBytes(mask)
        frame.writeBytes(bytes.enumerated().map { $1 ^ mask[$0 % 4] })
        try await write(frame)
    }

    /// The next event, heartbeats left out.
    func next() async throws -> JSONValue {
        while true {
            let frame = try await readFrame()
            guard frame.opcode == 0x1 else { continue }
            let event = try JSONValue(parsing: String(buffer: frame.payload))
            if event["type"] != "heartbeat" { return event }
        }
    }

    func nextEvent(_ type: String) async throws -> JSONValue {
        while true {
            let frame = try await readFrame()
            guard frame.opcode == 0x1 else { continue }
            let event = try JSONValue(parsing: String(buffer: frame.payload))
            if event["type"]?.string == type { return event }
        }
    }

    func nextFrame(opcode: UInt8) async throws -> String {
        while true {
            let frame = try await readFrame()
            if frame.opcode == opcode { return String(buffer: frame.payload) }
        }
    }

    func closeCode() async throws -> Int {
        while true {
            var frame = try await readFrame()
            if frame.opcode == 0x8 { return Int(frame.payload.readInteger(as: UInt16.self) ?? 0) }
        }
    }

    private func readHead() async throws -> String {
        while true {
            let text = String(buffer: buffer)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.upperBound])
                buffer.moveReaderIndex(forwardBy: head.utf8.count)
                return head
            }
            try await receive()
        }
    }

    private func readFrame() async throws -> (opcode: UInt8, payload: ByteBuffer) {
        while true {
            var copy = buffer
            if let frame = Self.frame(&copy) {
                buffer = copy
                return frame
            }
            try await receive()
        }
    }

    private static func frame(_ buffer: inout ByteBuffer) -> (opcode: UInt8, payload: ByteBuffer)? {
        guard let first = buffer.readInteger(as: UInt8.self), let second = buffer.readInteger(as: UInt8.self) else { return nil }
        let length: Int?
        switch second & 0x7F {
        case 126: length = buffer.readInteger(as: UInt16.self).map { Int($0) }
        case 127: length = buffer.readInteger(as: UInt64.self).map { Int($0) }
        case let short: length = Int(short)
        }
        guard let length, let payload = buffer.readSlice(length: length) else { return nil }
        return (first & 0x0F, payload)
    }

    private func receive() async throws {
        for try await piece in incoming {
            buffer.writeImmutableBuffer(piece)
            return
        }
        throw RawSocketError(description: "The server closed the connection.")
    }

    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let source: AsyncThrowingStream<ByteBuffer, any Error>.Continuation

        init(source: AsyncThrowingStream<ByteBuffer, any Error>.Continuation) { self.source = source }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { source.yield(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { source.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { source.finish(throwing: error) }
    }
}
