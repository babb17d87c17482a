/// Opens a channel that carries one message after the other: launches a process, connects a socket.
public protocol StreamConnector: Sendable {
    /// What names the server; see `ClientTransport.serverIdentity`.
    var serverIdentity: String? { get }
    /// - Throws: `TransportError.unreachable`, saying what to do.
    func open() async throws -> StreamChannel
}

/// An open channel.
public struct StreamChannel: Sendable {
    public var inbound: any AsyncSequence<InboundFrames, any Error> & Sendable
    public var sink: any MessageSink
    /// Why the channel has ended; asked once `inbound` has.
    public var reasonForEnd: @Sendable () async -> String
    /// Ends the channel and waits for its end.
    public var close: @Sendable () async -> Void

    public init(
        inbound: some AsyncSequence<InboundFrames, any Error> & Sendable, sink: any MessageSink, reasonForEnd: @escaping @Sendable () async -> String,
        close: @escaping @Sendable () async -> Void
    ) {
        self.inbound = inbound
        self.sink = sink
        self.reasonForEnd = reasonForEnd
        self.close = close
    }
}
