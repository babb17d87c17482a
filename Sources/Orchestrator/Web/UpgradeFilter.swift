import NIOCore
import NIOHTTP1

/// Lets through only the upgrades that will be made, and ends connections on which no request ever comes.
///
/// NIO's upgrade handler drops the head of a request whose upgrade it refuses, and its decoder stops after any request with an
/// `Upgrade` header (a client that offers h2c would hang on its second request). So an upgrade that is not wanted loses its
/// header here, before either sees it, and is answered as the plain request that it also is.
final class UpgradeFilter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let isWanted: @Sendable (HTTPRequestHead) -> Bool
    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?

    init(patience: TimeAmount, isWanted: @escaping @Sendable (HTTPRequestHead) -> Bool) {
        self.patience = patience
        self.isWanted = isWanted
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        deadline?.cancel()
        deadline = nil
        if head.headers.contains(name: "Upgrade"), !isWanted(head) {
            head.headers.remove(name: "Upgrade")
            head.headers.remove(name: "HTTP2-Settings")
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The server shuts down and nothing was asked here yet.
        if event is ChannelShouldQuiesceEvent, deadline != nil { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

extension HTTPRequestHead {
    /// A WebSocket handshake as RFC 6455 section 4.1 has it: GET, one key, version 13.
    var isWebSocketHandshake: Bool {
        method == .GET
            && headers[canonicalForm: "Upgrade"].map { $0.lowercased() } == ["websocket"]
            && headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" }
            && headers["Sec-WebSocket-Key"].count == 1
            && headers["Sec-WebSocket-Version"] == ["13"]
    }
}
