import MCPCore
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server whose answers are a closure: for what the server of the SDK never does. It keeps every request.
final class CannedServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var headers: [(name: String, value: String)]
        var body: JSONValue?

        /// All values of a header.
        subscript(name: String) -> [String] { headers.filter { $0.name.lowercased() == name }.map(\.value) }
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [(name: String, value: String)] = []
        var body: JSONValue?
        /// It is given when something comes out of it.
        var gate: AsyncStream<Void>?
        /// What an event stream brings, part by part, in the place of the body.
        var events: AsyncStream<String>?
    }

    private let kept = Mutex<[Request]>([])
    private let answer: @Sendable (Request) -> Answer

    var requests: [Request] { kept.withLock(\.self) }

    init(_ answer: @escaping @Sendable (Request) -> Answer) { self.answer = answer }

    /// Serves on a free port while `body` runs.
    func run<Value: Sendable>(_ body: @escaping @Sendable (_ url: String) async throws -> Value) async throws -> Value {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>(wrappingChannelSynchronously: channel)
                }
            }
        let port = server.channel.localAddress?.port ?? 0
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { [self] in
                try await server.executeThenClose { connections in
                    await withDiscardingTaskGroup { serving in
                        do {
                            for try await connection in connections { serving.addTask { [self] in await serve(connection) } }
                        } catch {}
                        serving.cancelAll()
                    }
                }
                return nil
            }
            group.addTask { try await body("http://127.0.0.1:\(port)/mcp") }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    /// The requests of one connection, one after the other; how it ends does not matter.
    private func serve(_ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>) async {
        try? await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var bytes: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let next): (head, bytes) = (next, [])
                case .body(let part): bytes += part.readableBytesView
                case .end:
                    guard let head else { return }
                    let request = Request(
                        method: head.method.rawValue, path: head.uri, headers: head.headers.map { ($0.name, $0.value) }, body: try? JSONValue(parsing: bytes))
                    kept.withLock { $0.append(request) }
                    let answer = answer(request)
                    if let gate = answer.gate { for await _ in gate { break } }
                    try await write(answer, to: outbound)
                }
            }
        }
    }

    private func write(_ answer: Answer, to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>) async throws {
        if let events = answer.events {
            let headers = HTTPHeaders(answer.headers + [("content-type", "text/event-stream"), ("transfer-encoding", "chunked")])
            try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)))
            for await part in events { try await outbound.write(.body(.byteBuffer(ByteBuffer(string: part)))) }
            return try await outbound.write(.end(nil))
        }
        let body = answer.body?.serialized() ?? []
        var headers = HTTPHeaders(answer.headers)
        headers.add(name: "content-length", value: "\(body.count)")
        if !body.isEmpty { headers.add(name: "content-type", value: "application/json") }
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)))
        if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
        try await outbound.write(.end(nil))
    }
}

extension CannedServer.Answer {
    /// An event stream that brings these parts, and then ends, or is held open until the client or the server goes.
    static func stream(_ parts: [String], isHeldOpen: Bool = false) -> Self {
        let (events, event) = AsyncStream.makeStream(of: String.self)
        for part in parts { event.yield(part) }
        // A stream whose continuation is let go is never finished.
        if !isHeldOpen { event.finish() }
        return Self(events: events)
    }

    /// The response to a request of the handshake era that opens a session.
    static func session(_ request: CannedServer.Request, id: String, capabilities: JSONValue) -> Self {
        let result: JSONValue = [
            "protocolVersion": "2025-11-25", "capabilities": capabilities, "serverInfo": ["name": "canned", "version": "1"],
        ]
        return Self(headers: [("Mcp-Session-Id", id)], body: ["jsonrpc": "2.0", "id": request.body?["id"] ?? .null, "result": result])
    }
}
