import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// HTTP/1.1 as Hummingbird serves it, with a watcher on each connection that sees the client go.
struct WatchedHTTP1Channel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let writeTimeout: TimeAmount

    init(responder: @escaping HTTPChannelHandler.Responder, idleTimeout: TimeAmount?, writeTimeout: TimeAmount) {
        self.writeTimeout = writeTimeout
        base = HTTP1Channel(
            responder: responder,
            configuration: .init(additionalChannelHandlers: [DisconnectWatcher()], idleTimeout: idleTimeout))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do { try channel.closeWhenStalled(for: writeTimeout) } catch { return channel.eventLoop.makeFailedFuture(error) }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async {
        let watcher = try? await value.channel.pipeline.handler(type: DisconnectWatcher.self).get()
        await DisconnectWatcher.$current.withValue(watcher) { await base.handle(value: value, logger: logger) }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 for servers that have an MCP endpoint: a client that goes away cancels what it asked for.
    /// - Parameters:
    ///   - idleTimeout: After how long a connection without a request is closed.
    ///   - writeTimeout: After how long a connection is closed whose client takes nothing of what is written to it, comments on silent event streams included.
    public static func mcp(idleTimeout: TimeAmount = .seconds(120), writeTimeout: TimeAmount = .seconds(60)) -> HTTPServerBuilder {
        .init { responder in WatchedHTTP1Channel(responder: responder, idleTimeout: idleTimeout, writeTimeout: writeTimeout) }
    }
}
