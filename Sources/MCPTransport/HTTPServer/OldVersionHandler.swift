import NIOCore
import NIOHTTP1

/// Answers requests of HTTP/1.0 in HTTP/1.0: such a client reads no chunks (RFC 9112 section 6.1) and knows no `100 Continue` (RFC 9110 section 15.2), and one that has not
/// asked for the connection to stay reads to its end.
///
/// Stands where heads still have a version; the shared types of swift-http-types have none.
final class OldVersionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How many requests before the first of HTTP/1.0 are still to be answered; `nil` where none of it has come. Nothing is answered behind it.
    private var answersBefore: Int?
    private var unanswered = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        guard head.version == .http1_0 else {
            unanswered += 1
            return context.fireChannelRead(data)
        }
        if answersBefore == nil { answersBefore = unanswered }
        // Whatever it asks for: the end of the connection is the end of a body without a length.
        head.headers.replaceOrAdd(name: "connection", value: "close")
        head.headers.remove(name: "expect")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where answersBefore == 0:
            head.version = .http1_0
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            unanswered -= 1
            if let count = answersBefore, count > 0 { answersBefore = count - 1 }
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }
}
