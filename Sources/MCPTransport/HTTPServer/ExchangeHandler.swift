import HTTPTypes
import MCPHTTP
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

    /// What comes in.
    private enum Incoming {
        /// Bytes of a body are counted in the budget.
        case part(HTTPRequestPart)
        /// Bytes of a body that there is no room for, and that are not kept.
        case noRoom
    }

    /// Why the rest of a body is not wanted.
    private enum Refusal {
        case tooLong
        case noRoom
        /// Whoever stands between may have looked at the other (RFC 9112 section 3.2).
        case secondHost
    }

    /// How many bytes of a body have to come a second in the long run, where it comes in parts.
    private static let minimumBodyRate: Int64 = 16 << 10

    private let exchange: ConnectionExchange
    private let maximumBodyBytes: Int
    private let bodies: BodyBudget
    private let bodyTimeout: TimeAmount
    private var head: HTTPRequest?
    private var body: [UInt8] = []
    /// When a body that comes in parts was begun.
    private var bodyBegan: NIODeadline?
    /// The rest of a request that has been begun without it, because it is too long.
    private var isDiscarding = false
    private var isAnswering = false
    private var closesAfterAnswer = false
    /// Something has come that is no HTTP: where the next request would begin nobody knows.
    private var isUnreadable = false
    private var waiting: CircularBuffer<Incoming> = []
    private var isReadHeld = false
    private var isGone = false
    private var date = ResponseDate()

    /// - Parameters:
    ///   - bodies: Counts what is held of bodies, from when it has come.
    ///   - bodyTimeout: How long a body may take that comes slower than 16 KiB a second.
    init(exchange: ConnectionExchange, maximumBodyBytes: Int, bodies: BodyBudget, bodyTimeout: TimeAmount) {
        self.exchange = exchange
        self.maximumBodyBytes = maximumBodyBytes
        self.bodies = bodies
        self.bodyTimeout = bodyTimeout
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What is still read on a connection that has ended is nobody's, and would be counted for ever.
        guard !isGone else { return }
        let incoming = counted(unwrapInboundIn(data))
        if waiting.isEmpty, take(incoming, context) { return }
        waiting.append(incoming)
    }

    private func counted(_ part: HTTPRequestPart) -> Incoming {
        guard case .body(let bytes) = part else { return .part(part) }
        return bodies.take(bytes.readableBytes) ? .part(part) : .noRoom
    }

    func read(context: ChannelHandlerContext) {
        if waiting.count >= Self.maximumWaiting { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        goOn(context)
        context.fireChannelWritabilityChanged()
    }

    private func goOn(_ context: ChannelHandlerContext) {
        while let incoming = waiting.first, take(incoming, context) { waiting.removeFirst() }
        guard isReadHeld, waiting.count < Self.maximumWaiting else { return }
        isReadHeld = false
        context.read()
    }

    /// - Returns: Whether it was taken; if not, its time has not come.
    private func take(_ incoming: Incoming, _ context: ChannelHandlerContext) -> Bool {
        if isDiscarding {
            switch incoming {
            case .part(.end): isDiscarding = false
            case .part(.body(let bytes)): bodies.giveBack(bytes.readableBytes)
            case .part(.head), .noRoom: break
            }
            return true
        }
        // A client that reads no answers gets no further ones.
        guard !isAnswering, !closesAfterAnswer, context.channel.isWritable else { return false }
        switch incoming {
        case .part(.head(let head)):
            self.head = head
            // The first became the authority.
            if head.authority != nil, head.headerFields.contains(where: { $0.name == Self.host }) {
                refuse(.secondHost)
                return true
            }
            let (length, isHeldBack) = head.bodyToCome
            if let length, length > maximumBodyBytes {
                refuse(.tooLong, isHeldBack: isHeldBack)
            } else {
                // What has not come is not counted, so that no memory is set aside for it either, but for what many bodies need.
                if let length { body.reserveCapacity(min(length, Self.reservedBytes)) }
                // The client waits with its body until it is told to send it (RFC 9110 section 10.1.1).
                if isHeldBack { context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil) }
            }
        case .part(.body(let bytes)): take(bytes, context)
        case .part(.end): begin()
        case .noRoom: refuse(.noRoom)
        }
        return true
    }

    private static let reservedBytes = 64 << 10
    // A valid name; swift-http-types has it for no request.
    private static let host = HTTPField.Name("Host")!

    private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard body.count + bytes.readableBytes <= maximumBodyBytes else {
            bodies.giveBack(bytes.readableBytes)
            return refuse(.tooLong)
        }
        let isFirst = body.isEmpty
        // Before anything else, so that it is given back with the rest.
        body.append(contentsOf: bytes.readableBytesView)
        if !isFirst, isTooSlow(context) { context.close(promise: nil) }
    }

    /// A body of which nothing comes is the idle time-out's; one that trickles in would hold its bytes for as long as its client likes.
    private func isTooSlow(_ context: ChannelHandlerContext) -> Bool {
        let now = context.eventLoop.now
        let began = bodyBegan ?? now
        bodyBegan = began
        return now > began + bodyTimeout + .seconds(Int64(body.count) / Self.minimumBodyRate)
    }

    /// - Parameter isHeldBack: The client waits with its body. It may send it or not, so that nobody knows where the next request begins.
    private func refuse(_ refusal: Refusal, isHeldBack: Bool = false) {
        isDiscarding = true
        bodies.giveBack(body.count)
        guard let head = takeHead() else { return }
        if isHeldBack { closesAfterAnswer = true }
        switch refusal {
        case .tooLong: exchange.begin(head, body: nil, counted: 0)
        case .noRoom: exchange.answer(head, with: BodyBudget.refusal)
        case .secondHost: exchange.answer(head, with: HTTPAnswer(status: .badRequest))
        }
    }

    private func begin() {
        let body = body
        guard let head = takeHead() else { return }
        exchange.begin(head, body: body, counted: body.count)
    }

    /// The head of the request that is answered from now on.
    private func takeHead() -> HTTPRequest? {
        body = []
        bodyBegan = nil
        guard let head else { return nil }
        self.head = nil
        isAnswering = true
        closesAfterAnswer = head.closesConnection
        return head
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            head.headerFields.append(date.field())
            if closesAfterAnswer { head.headerFields.append(HTTPField(name: .connection, value: "close")) }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            isAnswering = false
            if closesAfterAnswer { return closeOutput(context) }
            goOn(context)
            // Nothing more can come that could be read.
            if isUnreadable, !isAnswering {
                closesAfterAnswer = true
                closeOutput(context)
            }
        }
    }

    // MARK: The end

    /// The client closes the rest, in its time: requests that are not answered any more keep the idle time-out away.
    private func closeOutput(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        let end = context.eventLoop.scheduleTask(in: bodyTimeout) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in end.cancel() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that has closed its sending side alone cannot be told from one that has gone, for which a handler must not go on.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            exchange.cancel()
            closesAfterAnswer = true
            if !isAnswering { closeOutput(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isGone = true
        exchange.cancel()
        for case .part(.body(let bytes)) in waiting { bodies.giveBack(bytes.readableBytes) }
        waiting.removeAll()
        bodies.giveBack(body.count)
        body = []
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What cannot be parsed cannot be found the end of either.
        if error is HTTPParserError { isUnreadable = true }
        // What came before it still has its answers, or its client is reading the last one. Each further read is an error then.
        if isUnreadable, isAnswering || closesAfterAnswer || !waiting.isEmpty { return }
        if isUnreadable {
            closesAfterAnswer = true
            context.write(wrapOutboundOut(.head(HTTPResponse(status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"]))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        context.close(promise: nil)
    }
}

extension HTTPRequest {
    /// The length of the body, where it is told, and whether the client waits until it is asked for it (`Expect: 100-continue`).
    fileprivate var bodyToCome: (length: Int?, isHeldBack: Bool) {
        var (length, isHeldBack): (Int?, Bool) = (nil, false)
        for field in headerFields {
            if field.name == .contentLength, length == nil { length = Int(field.value) }
            if field.name == .expect, field.value.lowercased().contains("100-continue") { isHeldBack = true }
        }
        return (length, isHeldBack)
    }

    /// Whether the client wants the connection closed after the answer: `Connection` is a list, and may be given several times (RFC 9110 section 7.6.1).
    var closesConnection: Bool {
        headerFields.contains { field in
            field.name == .connection && field.value.split { $0 == "," || $0 == " " || $0 == "\t" }.contains { $0.lowercased() == "close" }
        }
    }
}
