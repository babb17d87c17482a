import ConformanceFixtures
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import MCPAuthorization
import MCPCore
import MCPHTTP
import MCPHTTPServer
import NIOCore
import Synchronization

/// Serves the fixtures over HTTP with a fault in front of them.
public struct HTTPMutantServer: Sendable {
    private let mutant: ServerMutant
    private let port: Int
    private let issuer: String?

    /// - Parameters:
    ///   - port: 0 for any free port of loopback.
    ///   - issuer: Whose tokens a protected mutant takes, for the address that it serves.
    public init(_ mutant: ServerMutant, port: Int = 0, issuer: String? = nil) {
        self.mutant = mutant
        self.port = port
        self.issuer = issuer
    }

    /// Serves until the task is cancelled.
    /// - Parameter onListening: Called with the URL of the endpoint.
    public func serve(onListening: @escaping @Sendable (String) -> Void) async throws {
        let messages = MutantMessages(mutations: mutant.mutations)
        // A protected server knows its address before it is made.
        let slot = Mutex<MutantExchanges?>(nil)
        let endpoint = CallbackResponder { (request: Request, _: BasicRequestContext) in
            guard let exchanges = slot.withLock({ $0 }) else { return Response(status: .serviceUnavailable) }
            return try await Self.respond(to: request, exchanges, messages)
        }
        let logger = Logger(label: "mutant", factory: { _ in SwiftLogNoOpLogHandler() })
        let application = Application(
            responder: endpoint, server: .mcp(), configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in
                let url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/mcp"
                guard let responder = try? responder(at: url) else { return }
                slot.withLock { $0 = MutantExchanges(responder) }
                onListening(url)
            }, logger: logger)
        defer { slot.withLock { $0 }?.shutdown() }
        try await application.run()
    }

    private func responder(at url: String) throws -> MCPResponder {
        if mutant.isEmpty { return try MCPResponder(FixtureServer.makeEmpty()) }
        guard let issuer, let lenience = mutant.lenience else { return try MCPResponder(FixtureServer.make()) }
        let verifier = LenientVerifier(inner: try JWTAccessTokenVerifier(issuer: issuer, audiences: [url]), lenience: lenience)
        let protection = try ResourceServer(resource: url, authorizationServers: [issuer], verifier: verifier)
        return try MCPResponder(FixtureServer.make(isProtected: true), configuration: HTTPHandlerConfiguration(authorization: protection))
    }

    private static let maximumBodyBytes = 8 << 20

    private static func respond(to request: Request, _ exchanges: MutantExchanges, _ messages: MutantMessages) async throws -> Response {
        let buffer = try await request.body.collect(upTo: maximumBodyBytes)
        let bytes = [UInt8](buffer.readableBytesView)
        let parsed = try? JSONValue(parsing: bytes)
        let original = WireRequest(
            verb: request.method, headers: request.headers, authority: request.head.authority, target: request.head.path, body: parsed ?? .null)
        if request.method == .post, let refusal = messages.refusal(of: original) {
            return Response(
                status: refusal.status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: refusal.bytes)))
        }
        var changed = original
        messages.mutate(&changed)
        if let status = messages.answer(to: changed) { return Response(status: status) }
        try await messages.hold(changed)
        var head = request.head
        head.headerFields = changed.headers
        head.authority = changed.authority
        head.path = changed.target
        // What is no JSON goes on as it came.
        let body = changed.body == original.body ? buffer : ByteBuffer(bytes: changed.body.serialized())
        head.headerFields[.contentLength] = body.readableBytes > 0 ? String(body.readableBytes) : nil
        var response = try await exchanges.respond(
            to: Request(head: head, body: RequestBody(buffer: body)), changed, messages.exchangeFault(of: changed))
        messages.mutate(&response.status, &response.headers, of: original)
        if response.body.contentLength == 0, let body = messages.body(of: original) {
            response.headers[.contentType] = "application/json"
            response.headers[.contentLength] = nil
            response.body = ResponseBody(byteBuffer: ByteBuffer(string: body))
        } else if response.body.contentLength != 0 {
            let isStream = response.headers[.contentType] == "text/event-stream"
            let inner = response.body
            response.headers[.contentLength] = nil
            response.body = ResponseBody { writer in
                try await inner.write(MutatingWriter(inner: writer, messages: messages, request: original, isStream: isStream))
            }
        }
        return response
    }
}

/// Rewrites the messages of a body: the one of a JSON body at its end, those of an event stream as they pass.
private struct MutatingWriter: ResponseBodyWriter {
    var inner: any ResponseBodyWriter
    let messages: MutantMessages
    let request: WireRequest
    let isStream: Bool
    private var waiting = ByteBuffer()

    init(inner: any ResponseBodyWriter, messages: MutantMessages, request: WireRequest, isStream: Bool) {
        self.inner = inner
        self.messages = messages
        self.request = request
        self.isStream = isStream
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        guard isStream else {
            waiting.writeImmutableBuffer(buffer)
            return
        }
        let mutated = String(buffer: buffer).components(separatedBy: Self.end).compactMap(mutate(event:)).joined(separator: Self.end)
        if !mutated.isEmpty { try await inner.write(ByteBuffer(string: mutated)) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        if !isStream, let bytes = messages.mutate(message: [UInt8](waiting.readableBytesView), of: request) {
            try await inner.write(ByteBuffer(bytes: bytes))
        }
        try await inner.finish(trailingHeaders)
    }

    private static let end = "\n\n"

    /// The SDK writes whole events, one or several in a chunk, the data of each in one line.
    private func mutate(event: String) -> String? {
        let field = "data: "
        var lines = event.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let index = lines.firstIndex(where: { $0.hasPrefix(field + "{") }) else { return event }
        let original = Array(lines[index].dropFirst(field.count).utf8)
        guard let bytes = messages.mutate(message: original, of: request) else { return nil }
        lines[index] = field + String(decoding: bytes, as: UTF8.self)
        let event = lines.joined(separator: "\n")
        return messages.repeats(message: original, of: request) ? event + Self.end + event : event
    }
}
