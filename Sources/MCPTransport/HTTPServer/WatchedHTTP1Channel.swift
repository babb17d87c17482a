import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// HTTP/1.1 as Hummingbird serves it, with a watcher on each connection that sees the client go.
struct WatchedHTTP1Channel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel

    init(responder: @escaping HTTPChannelHandler.Responder, idleTimeout: TimeAmount?) {
        base = HTTP1Channel(
            responder: responder,
            configuration: .init(additionalChannelHandlers: [DisconnectWatcher()], idleTimeout: idleTimeout))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> { base.setup(channel: channel, logger: logger) }

    func handle(value: Value, logger: Logger) async {
        let watcher = try? await value.channel.pipeline.handler(type: DisconnectWatcher.self).get()
        await DisconnectWatcher.$current.withValue(watcher) { await base.handle(value: value, logger: logger) }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 for servers that have an MCP endpoint: a client that goes away cancels what it asked for.
    /// - Parameter idleTimeout: After how long a connection without a request is closed.
    public static func mcp(idleTimeout: TimeAmount = .seconds(120)) -> HTTPServerBuilder {
        .init { responder in WatchedHTTP1Channel(responder: responder, idleTimeout: idleTimeout) }
    }
}
