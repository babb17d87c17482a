/// An exchange whose request has been sent, and whose response comes on a shared channel (`ClientTransport.begin`). The client that began it waits for it.
public struct StartedExchange: Sendable {
    let id: RequestID
    let inbox: ExchangeInbox
    let transport: StreamClientTransport

    /// Nobody waits for the response any more.
    func end() { transport.end(id, inbox) }
}
