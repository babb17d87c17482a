import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// A connection that is HTTP/1.1 until its first request asks for the WebSocket.
///
/// Browsers open a connection of its own for a WebSocket, so only the first request of a connection can upgrade.
struct WebSocketChannel: ServerChildChannel, HTTPChannelHandler {
    typealias HTTP = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    enum Upgraded: Sendable {
        case http(HTTP)
        case webSocket(Frames, HTTPRequestHead)
    }

    struct Value: ServerChildChannelValue {
        let upgraded: EventLoopFuture<Upgraded>
        let channel: any Channel
    }

    let responder: Responder
    let maximumFrameBytes: Int
    /// Whether a handshake may become a WebSocket. What is refused goes to the router like any other request.
    let accepts: @Sendable (HTTPRequestHead) -> Bool
    let serve: @Sendable (Frames, HTTPRequestHead) async -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let upgrader = NIOTypedWebSocketServerUpgrader<Upgraded>(
                maxFrameSize: maximumFrameBytes,
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        let operations = channel.pipeline.syncOperations
                        try operations.addHandler(
                            NIOWebSocketFrameAggregator(
                                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                                maxAccumulatedFrameSize: maximumFrameBytes))
                        try operations.addHandler(GoingAway())
                        return .webSocket(try Frames(wrappingChannelSynchronously: channel), head)
                    }
                })
            let encoder = HTTPResponseEncoder()
            let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
            let filter = UpgradeFilter(patience: .seconds(30)) { $0.isWebSocketHandshake && accepts($0) }
            let upgrade = NIOTypedHTTPServerUpgradeHandler(
                httpEncoder: encoder,
                extraHTTPHandlers: [decoder, filter],
                upgradeConfiguration: .init(
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture {
                            let operations = channel.pipeline.syncOperations
                            try operations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                            try operations.addHandler(HTTPConnectionStateHandler(idleTimeout: .seconds(75), logger: logger))
                            return .http(
                                try HTTP(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
                        }
                    }))
            try channel.pipeline.syncOperations.addHandlers([encoder, decoder, filter, upgrade])
            return Value(upgraded: upgrade.upgradeResultFuture, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.upgraded.get() {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .webSocket(let channel, let head): await serve(channel, head)
            }
        } catch {
            // The connection ended before it sent a request.
            logger.trace("Connection ended before a request: \(error)")
        }
    }
}

/// Says goodbye (1001, RFC 6455 section 7.4.1) when the server shuts down, so that pages know to connect again.
private final class GoingAway: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        let frame = WebSocketFrame.close(.goingAway, reason: "The server is shutting down.", allocator: context.channel.allocator)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in channel.close(promise: nil) }
    }
}

extension WebSocketFrame {
    static func close(_ code: WebSocketErrorCode, reason: String, allocator: ByteBufferAllocator) -> WebSocketFrame {
        var data = allocator.buffer(capacity: 2 + reason.utf8.count)
        data.write(webSocketErrorCode: code)
        // A control frame holds at most 125 bytes (RFC 6455 section 5.5).
        data.writeString(String(reason.prefix(100)))
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }
}
