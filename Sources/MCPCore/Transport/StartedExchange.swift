/// An exchange whose request has been sent, and whose response comes on a shared channel (`ClientTransport.begin`). The client that began it waits for it.
public struct StartedExchange: Sendable {
    private let id: RequestID
    private let inbox: ExchangeInbox
    private let transport: StreamClientTransport
    private var observer: (@Sendable (JSONRPCMessage) -> Void)?

    init(id: RequestID, inbox: ExchangeInbox, transport: StreamClientTransport) {
        self.id = id
        self.inbox = inbox
        self.transport = transport
    }

    /// The same exchange, of which an observer is told each message that comes for it, in order and the response last, before the client
    /// has it. For a transport that wraps another one and looks at what passes.
    ///
    /// It is called by whoever takes what comes, who waits for it.
    public func observed(by observer: @escaping @Sendable (JSONRPCMessage) -> Void) -> StartedExchange {
        var exchange = self
        exchange.observer = { [inner = self.observer] message in
            inner?(message)
            observer(message)
        }
        return exchange
    }

    /// What comes next, in order: messages, and the outcome.
    nonisolated(nonsending) func next() async -> ExchangeInbox.Item {
        let item = await inbox.next()
        if let observer {
            switch item {
            case .message(let message): observer(message)
            case .outcome(.success(let response)): observer(.response(response))
            case .outcome(.failure), .cancelled: break
            }
        }
        return item
    }

    /// Hands the messages on and waits for the response.
    nonisolated(nonsending) func response(receive: @Sendable (JSONRPCMessage) async -> Void) async throws -> JSONRPCResponse {
        let response = try await inbox.response { [observer] message in
            observer?(message)
            await receive(message)
        }
        observer?(.response(response))
        return response
    }

    /// Ends the waiting for the response, as the cancellation of the task that waits does.
    func giveUp() { inbox.giveUp() }

    /// Nobody waits for the response any more.
    func end() { transport.end(id, inbox) }
}
