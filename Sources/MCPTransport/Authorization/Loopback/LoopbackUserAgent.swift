import MCPCore
import NIOCore
import NIOHTTP1
import NIOPosix

/// A user agent for programs on a person's machine: it opens the system's browser and listens on loopback for the redirect (RFC 8252 section 7.3).
public struct LoopbackUserAgent: AuthorizationUserAgent {
    private let port: Int
    private let path: String
    private let open: @Sendable (_ url: String) async throws -> Void

    /// - Parameters:
    ///   - port: The port of the redirect URI; 0 takes any. Give the one that is registered where the authorization server compares ports.
    ///   - open: Shows the URL to the person: opens a browser, or prints it.
    public init(port: Int = 0, path: String = "/callback", open: @escaping @Sendable (_ url: String) async throws -> Void) {
        self.port = port
        self.path = path
        self.open = open
    }

    public func prepare(registered: String?) async throws -> any AuthorizationRedirect {
        let wanted = port == 0 ? registered.flatMap { try? EndpointURL($0) }.map(\.port) ?? 0 : port
        do { return try await LoopbackRedirect(port: wanted, path: path, open: open) } catch let error as IOError where wanted != port && error.errnoCode != 0 {
            // The port of last time is taken: the client registers anew with another.
            return try await LoopbackRedirect(port: port, path: path, open: open)
        }
    }
}

private struct LoopbackRedirect: AuthorizationRedirect {
    let redirectURI: String
    private let open: @Sendable (String) async throws -> Void
    private let channel: any Channel
    private let callbacks: AsyncStream<String>

    init(port: Int, path: String, open: @escaping @Sendable (String) async throws -> Void) async throws {
        // Few are enough: of the redirects that nobody has taken yet the latest count.
        let (callbacks, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(16))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.configureHTTPServerPipeline()
                    try child.pipeline.syncOperations.addHandler(RedirectPage(path: path) { continuation.yield($0) })
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.open = open
        self.channel = channel
        self.callbacks = callbacks
        redirectURI = "http://127.0.0.1:\(channel.localAddress?.port ?? port)\(path)"
    }

    func visit(_ url: String, state: String) async throws -> String {
        try await open(url)
        for await callback in callbacks {
            if let query = callback.split(separator: "?", maxSplits: 1).last, FormBody(parsing: String(query))?["state"] == state { return callback }
        }
        throw CancellationError()
    }

    func close() async { try? await channel.close() }
}

/// Answers the browser that was sent back, and tells what it was sent with.
private final class RedirectPage: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let path: String
    private let receive: (String) -> Void
    private var status = HTTPResponseStatus.notFound

    init(path: String, receive: @escaping (String) -> Void) {
        self.path = path
        self.receive = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let isCallback = head.method == .GET && head.uri.utf8.count <= 8192 && head.uri.split(separator: "?").first.map(String.init) == path
            status = isCallback ? .ok : .notFound
            if isCallback { receive(head.uri) }
        case .body: break
        case .end:
            let text = status == .ok ? "Signed in, or not: the program that you came from says which. You can close this page.\n" : "Nothing is here.\n"
            var headers = HTTPHeaders([("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"), ("connection", "close")])
            headers.add(name: "content-length", value: String(text.utf8.count))
            headers.add(name: "referrer-policy", value: "no-referrer")
            context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }
}
