import MCPCore
import NIOCore
import NIOPosix
import Synchronization

@testable import Orchestrator

/// An OpenAI-compatible endpoint on a real socket, whose bytes the test writes.
///
/// It is as strict as real ones where that matters to us: a request that ``EndpointRules`` speak against is answered with 400 before the
/// test's script is asked.
final class FakeEndpoint: Sendable {
    /// A request as it came over the wire.
    struct Received: Sendable {
        var method: String
        var path: String
        /// Names in lower case.
        var headers: [String: String]
        var body: JSONValue
    }

    typealias Script = @Sendable (Received, Line) async throws -> Void

    let port: Int
    var address: String { "http://127.0.0.1:\(port)/v1" }
    private let log = Mutex<[Received]>([])
    /// The requests so far, the refused ones too.
    var requests: [Received] { log.withLock(\.self) }

    private init(port: Int) { self.port = port }

    /// Serves each request by `script` for as long as `body` runs.
    static func serving<Result>(_ script: @escaping Script, _ body: (FakeEndpoint) async throws -> Result) async throws -> Result {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        let endpoint = FakeEndpoint(port: server.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { accepted in
                    try await withThrowingDiscardingTaskGroup { connections in
                        for try await connection in accepted {
                            // A line that breaks is what many tests are about.
                            connections.addTask { try? await endpoint.serve(connection, script) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(endpoint)
        }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ script: Script) async throws {
        try await connection.executeThenClose { inbound, outbound in
            let line = Line(inbound.makeAsyncIterator(), outbound)
            guard let request = try await line.request() else { return }
            log.withLock { $0.append(request) }
            if let problem = EndpointRules.problem(request) {
                try await line.answer(400, ["error": ["message": .string(problem), "type": "invalid_request_error"]])
            } else {
                try await script(request, line)
            }
        }
    }

    /// One connection: it serves one request and is closed when the script ends.
    final class Line {
        private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        private var buffer = ByteBuffer()

        init(_ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
            self.iterator = iterator
            self.outbound = outbound
        }

        /// Writes bytes as they are, in one packet.
        func write(_ bytes: some Sequence<UInt8> & Sendable) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

        /// Writes the head of a streamed answer whose end is the end of the connection.
        func head(_ contentType: String = "text/event-stream") async throws {
            try await write("HTTP/1.1 200 OK\r\nContent-Type: \(contentType)\r\nConnection: close\r\n\r\n".utf8)
        }

        /// Writes the head of an answer that comes in chunks: each reaches the reader by itself, whatever TCP does with the packets.
        func chunkedHead() async throws {
            try await write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        }

        /// Writes one chunk; an empty one ends the answer.
        func chunk(_ bytes: some Collection<UInt8>) async throws {
            try await write(Array(String(bytes.count, radix: 16).utf8) + Array("\r\n".utf8) + Array(bytes) + Array("\r\n".utf8))
        }

        /// A whole answer with a JSON body.
        func answer(_ status: Int, headers: [String: String] = [:], _ body: JSONValue) async throws {
            let head = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            let text = body.serializedString
            try await write(
                ("HTTP/1.1 \(status) Scripted\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\(head)Connection: close\r\n\r\n"
                    + text).utf8)
        }

        /// Suspends until the other side has closed.
        func untilClosed() async throws {
            while let more = try await iterator.next() { buffer.writeImmutableBuffer(more) }
        }

        /// Nil where the connection was closed without one.
        fileprivate func request() async throws -> Received? {
            var text = ""
            while !text.contains("\r\n\r\n") {
                guard let more = try await iterator.next() else { return nil }
                buffer.writeImmutableBuffer(more)
                text = String(buffer: buffer)
            }
            let lines = text.prefix(upTo: text.firstRange(of: "\r\n\r\n")?.lowerBound ?? text.endIndex).split(separator: "\r\n")
            buffer.moveReaderIndex(forwardBy: lines.reduce(2) { $0 + $1.utf8.count + 2 })
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
            }
            let length = Int(headers["content-length"] ?? "") ?? 0
            while buffer.readableBytes < length, let more = try await iterator.next() { buffer.writeImmutableBuffer(more) }
            let body = buffer.readBytes(length: length) ?? []
            let first = lines[0].split(separator: " ")
            return Received(
                method: String(first[0]), path: String(first[1]), headers: headers, body: body.isEmpty ? .null : try JSONValue(parsing: body))
        }
    }
}

/// What OpenAI-compatible endpoints refuse, as far as it has bitten hosts of MCP.
enum EndpointRules {
    /// What is wrong with a request; nil where nothing is.
    static func problem(_ request: FakeEndpoint.Received) -> String? {
        guard request.path.hasSuffix("/chat/completions") else { return nil }
        var open: Set<String> = []
        for (place, tool) in (request.body["tools"]?.array ?? []).enumerated() {
            if let problem = problem(tool["function"]?["name"], "tools[\(place)].function.name") { return problem }
        }
        for (place, message) in (request.body["messages"]?.array ?? []).enumerated() {
            if let name = message["name"], let problem = problem(name, "messages[\(place)].name") { return problem }
            for (index, call) in (message["tool_calls"]?.array ?? []).enumerated() {
                if let problem = problem(call["function"]?["name"], "messages[\(place)].tool_calls[\(index)].function.name") { return problem }
                if let id = call["id"]?.string { open.insert(id) }
            }
            if message["role"] == "tool" {
                guard let id = message["tool_call_id"]?.string, open.remove(id) != nil else {
                    return "Invalid 'messages[\(place)]': a message of role 'tool' must answer a preceding message with 'tool_calls'."
                }
            }
        }
        if let problem = request.body["tool_choice"]?["function"]?["name"].flatMap({ problem($0, "tool_choice.function.name") }) { return problem }
        return open.isEmpty ? nil : "Each of 'tool_calls' must be answered: \(open.sorted().joined(separator: ", "))."
    }

    /// `^[a-zA-Z0-9_-]{1,64}$`
    private static func problem(_ name: JSONValue?, _ place: String) -> String? {
        guard let name = name?.string else { return "Missing '\(place)'." }
        let isFine = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
        }
        return isFine && (1...64).contains(name.utf8.count) ? nil : "Invalid '\(place)': it does not match the pattern '^[a-zA-Z0-9_-]{1,64}$'."
    }
}
