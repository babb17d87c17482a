import HTTPTypes
import Hummingbird
import HummingbirdCore
import MCPCore
import MCPHTTP
import NIOCore

/// Answers the requests of a Hummingbird server with an MCP handler.
public struct MCPResponder: Sendable {
    let handler: StreamableHTTPHandler
    let legacy: LegacySSEHandler?
    let maximumBodyBytes: Int
    private let authorization: (any HTTPAuthorization)?

    /// - Parameter legacyMessagePath: Where clients of the HTTP+SSE transport post to, if the configuration serves them.
    /// - Throws: `ServerDefinitionError` naming every fault in what the server was built from.
    public init(_ server: MCPCore.Server, configuration: HTTPHandlerConfiguration = .init(), legacyMessagePath: String = "/messages") throws {
        try server.validate()
        handler = StreamableHTTPHandler(server: server, configuration: configuration)
        legacy =
            configuration.servesLegacySSE ? LegacySSEHandler(server: server, configuration: configuration, messagePath: legacyMessagePath) : nil
        maximumBodyBytes = configuration.maximumBodyBytes
        authorization = configuration.authorization
    }

    /// Answers a request to the MCP endpoint, or a GET of a document that the configured authorization serves beside it (RFC 9728).
    /// - Parameter principal: Who the client is, where the application has established it; else the configured authorization does.
    public func respond(to request: Request, principal: Principal? = nil) async throws -> Response {
        if request.method == .get, let document = authorization?.document(at: request.uri.path) { return Self.response(document) }
        let (bodies, body) = (handler.bodies, try await collect(request))
        if case .noRoom = body { return Self.response(BodyBudget.refusal, to: request) }
        let (bytes, counted) = body.contents
        let watcher = DisconnectWatcher.current
        defer { watcher?.watch(nil) }
        let answer = await handler.answer(request.head, body: bytes, principal: principal, started: { cancel in watcher?.watch(cancel) }) {
            bodies.giveBack(counted)
        }
        return Self.response(answer, to: request)
    }

    /// Answers a GET that opens the event stream of the HTTP+SSE transport of 2024-11-05.
    public func openLegacyStream(_ request: Request, principal: Principal? = nil) async -> Response {
        guard let legacy else { return Response(status: .notFound) }
        return Self.response(await legacy.open(request.head, principal: principal), to: request)
    }

    /// Answers a POST of a message of the HTTP+SSE transport of 2024-11-05.
    public func takeLegacyMessage(_ request: Request, principal: Principal? = nil) async throws -> Response {
        guard let legacy else { return Response(status: .notFound) }
        return try await respond(to: request) { body in await legacy.post(request.head, body: body, principal: principal) }
    }

    /// Ends all sessions and subscriptions of this endpoint. Whoever closes the connections at once cuts off the responses of the subscriptions:
    /// `shutdown(within:)` waits for them.
    public func shutdown() {
        handler.shutdown()
        legacy?.shutdown()
    }

    /// Ends all subscriptions of this endpoint, waits until their responses have been taken, and then ends all sessions. Sessions of HTTP+SSE, where that is
    /// served, get what they were asked for answered meanwhile.
    /// - Parameter period: How long clients may take to read. Nothing is waited for in a task that is cancelled.
    public func shutdown(within period: Duration) async {
        async let ended: Void? = legacy?.shutdown(within: period)
        await handler.shutdown(within: period)
        await ended
    }

    private func respond(to request: Request, _ answer: @escaping @Sendable ([UInt8]?) async -> HTTPAnswer) async throws -> Response {
        let body = try await collect(request)
        if case .noRoom = body { return Self.response(BodyBudget.refusal, to: request) }
        let (bytes, counted) = body.contents
        defer { handler.bodies.giveBack(counted) }
        return Self.response(await DisconnectWatcher.cancelling { await answer(bytes) }, to: request)
    }

    private static func response(_ answer: HTTPAnswer, to request: Request) -> Response {
        request.method == .head ? response(answer).createHeadResponse() : response(answer)
    }

    static func response(_ answer: HTTPAnswer) -> Response {
        Response(status: answer.status, headers: answer.headers, body: body(of: answer))
    }

    /// What has come of a body.
    private enum Body {
        /// All of it, counted in the handler's budget.
        case whole([UInt8])
        case tooLong
        case noRoom

        /// The bytes, `nil` where there are too many, and how many are counted.
        var contents: ([UInt8]?, counted: Int) {
            if case .whole(let bytes) = self { (bytes, bytes.count) } else { (nil, 0) }
        }
    }

    private func collect(_ request: Request) async throws -> Body {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > maximumBodyBytes { return .tooLong }
        var bytes: [UInt8] = []
        var isWhole = false
        defer { if !isWhole { handler.bodies.giveBack(bytes.count) } }
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= maximumBodyBytes else { return .tooLong }
            guard handler.bodies.take(part.readableBytes) else { return .noRoom }
            bytes.append(contentsOf: part.readableBytesView)
        }
        isWhole = true
        return .whole(bytes)
    }

    private static func body(of answer: HTTPAnswer) -> ResponseBody {
        switch answer.body {
        case .none: ResponseBody()
        case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .stream(let stream):
            ResponseBody { writer in
                let watcher = DisconnectWatcher.current
                // A stream that is closed ends, also while it is silent.
                watcher?.watch { stream.close() }
                defer {
                    watcher?.watch(nil)
                    stream.close()
                }
                var (bytes, isEnd) = stream.takeReady()
                while true {
                    if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
                    guard !isEnd, let next = await stream.next() else { break }
                    let ready = stream.takeReady()
                    (bytes, isEnd) = (next + ready.bytes, ready.isEnd)
                }
                try await writer.finish(nil)
            }
        }
    }
}

extension RouterMethods {
    /// Adds an MCP endpoint to a router. Use `server: .mcp()` for the application, so that a client that goes away cancels what it asked for.
    /// - Returns: The responder, to shut down with the application.
    /// - Throws: `ServerDefinitionError` naming every fault in what the server was built from.
    @discardableResult public func mcp(
        _ path: RouterPath = "/mcp", _ server: MCPCore.Server, configuration: HTTPHandlerConfiguration = .init()
    ) throws -> MCPResponder {
        let responder = try MCPResponder(server, configuration: configuration)
        for method in [HTTPRequest.Method.post, .get, .delete] {
            on(path, method: method) { request, _ in try await responder.respond(to: request) }
        }
        for path in configuration.authorization?.documents.keys.sorted() ?? [] {
            on(RouterPath(path), method: .get) { _, _ in
                configuration.authorization?.document(at: path).map(MCPResponder.response) ?? Response(status: .notFound)
            }
        }
        return responder
    }
}

extension RouterMethods {
    /// Adds the two paths of the HTTP+SSE transport of 2024-11-05, for a responder whose configuration serves it.
    /// - Parameter messages: The path that `legacyMessagePath` names.
    public func mcpLegacySSE(_ responder: MCPResponder, stream: RouterPath = "/sse", messages: RouterPath = "/messages") {
        on(stream, method: .get) { request, _ in await responder.openLegacyStream(request) }
        on(messages, method: .post) { request, _ in try await responder.takeLegacyMessage(request) }
    }
}
