import NIOCore

/// Closes a connection whose client takes nothing of what is written to it for some time: such a reader would hold its place, and what waits for it, for ever.
///
/// It stands next to the socket, where it sees each byte. Nothing is measured while nothing is unwritten, and a quiet connection has no timer.
final class WriteTimeoutHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// How often a time-out it is looked whether something has left.
    private static let looks = 4

    private let interval: TimeAmount
    /// All bytes that there were to write.
    private var written = 0
    /// How many of them had left at the last look.
    private var left = 0
    /// How many looks in a row have found that nothing leaves.
    private var stalls = 0
    private var nextLook: Scheduled<Void>?

    /// - Parameter timeout: After how long without a byte that leaves the connection is closed, and a quarter of it later at the latest.
    init(timeout: TimeAmount) { interval = .nanoseconds(max(timeout.nanoseconds / Int64(Self.looks), 1)) }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
        if nextLook == nil {
            stalls = 0
            scheduleLook(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        nextLook?.cancel()
        nextLook = nil
    }

    private func scheduleLook(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        nextLook = context.eventLoop.scheduleTask(in: interval) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        nextLook = nil
        let unwritten = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let before = left
        left = written - unwritten
        guard unwritten > 0 else { return }
        stalls = left > before ? 0 : stalls + 1
        guard stalls < Self.looks else { return context.close(promise: nil) }
        scheduleLook(context)
    }
}

extension Channel {
    /// Closes the connection when its client takes nothing of what is written to it for that long. To be called on the event loop, before anything is written.
    func closeWhenStalled(for timeout: TimeAmount) throws {
        try pipeline.syncOperations.addHandler(WriteTimeoutHandler(timeout: timeout), position: .first)
        #if os(Linux)
        // Little that is written, like comments on a quiet stream, leaves for a client that is gone too: only the system knows that nobody has acknowledged it.
        try? syncOptions?.setOption(.userTimeout, value: .init(clamping: timeout.nanoseconds / 1_000_000))
        #endif
    }
}

#if os(Linux)
extension ChannelOption where Self == ChannelOptions.Types.SocketOption {
    /// TCP_USER_TIMEOUT: for how many milliseconds what was sent may be unacknowledged, or what is written be refused.
    static var userTimeout: Self { .init(level: .tcp, name: .init(rawValue: 18)) }
}
#endif
