import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Collects the requests of a connection and has them answered one after the other; stands on the event loop, where nothing waits.
final class ExchangeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Parts of later requests that may wait while one is answered; with more of them nothing is read.
    private static let maximumWaiting = 64

    private let exchange: ConnectionExchange
    private let maximumBodyBytes: Int
    private var head: HTTPRequest?
    private var body: [UInt8] = []
    /// The rest of a request that has been begun without it, because it is too long.
    private var isDiscarding = false
    private var isAnswering = false
    private var closesAfterAnswer = false
    private var waiting: CircularBuffer<HTTPRequestPart> = []
    private var isReadHeld = false
    private var date = ResponseDate()

    init(exchange: ConnectionExchange, maximumBodyBytes: Int) {
        self.exchange = exchange
        self.maximumBodyBytes = maximumBodyBytes
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if waiting.isEmpty, take(part, context) { return }
        waiting.append(part)
    }

    func read(context: ChannelHandlerContext) {
        if waiting.count >= Self.maximumWaiting { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        goOn(context)
        context.fireChannelWritabilityChanged()
    }

    private func goOn(_ context: ChannelHandlerContext) {
        while let part = waiting.first, take(part, context) { waiting.removeFirst() }
        guard isReadHeld, waiting.count < Self.maximumWaiting else { return }
        isReadHeld = false
        context.read()
    }

    /// - Returns: Whether the part was taken; if not, its time has not come.
    private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) -> Bool {
        if isDiscarding {
            if case .end = part { isDiscarding = false }
            return true
        }
        // A client that reads no answers gets no further ones.
        guard !isAnswering, !closesAfterAnswer, context.channel.isWritable else { return false }
        switch part {
        case .head(let head):
            self.head = head
            if let length = head.headerFields[.contentLength].flatMap(Int.init) {
                if length > maximumBodyBytes { refuse() } else { body.reserveCapacity(length) }
            }
        case .body(let bytes):
            if body.count + bytes.readableBytes > maximumBodyBytes { refuse() } else { body.append(contentsOf: bytes.readableBytesView) }
        case .end:
            begin(body)
        }
        return true
    }

    private func refuse() {
        isDiscarding = true
        begin(nil)
    }

    private func begin(_ body: [UInt8]?) {
        guard let head else { return }
        self.head = nil
        self.body = []
        isAnswering = true
        closesAfterAnswer = head.headerFields[.connection]?.lowercased() == "close"
        exchange.begin(head, body: body)
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            head.headerFields.append(HTTPField(name: .date, value: date.text()))
            if closesAfterAnswer { head.headerFields.append(HTTPField(name: .connection, value: "close")) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            isAnswering = false
            if closesAfterAnswer { context.close(mode: .output, promise: nil) } else { goOn(context) }
        }
    }

    // MARK: The end

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that has closed its sending side waits for no answer: no HTTP client half-closes and reads on.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            exchange.cancel()
            closesAfterAnswer = true
            if !isAnswering { context.close(mode: .output, promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        exchange.cancel()
        waiting.removeAll()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What cannot be parsed cannot be found the end of either.
        if error is HTTPParserError, !isAnswering {
            closesAfterAnswer = true
            context.write(wrapOutboundOut(.head(HTTPResponse(status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"]))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }
}
