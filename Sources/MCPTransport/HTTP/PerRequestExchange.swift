import MCPCore

/// One POST of the per-request era. It owns its answer: closing it cancels the handler, and nothing is looked up by an id that the client chose.
struct PerRequestExchange: Sendable {
    let kernel: ServerKernel
    let keepAlive: Duration

    /// One JSON body, unless the handler sends something before its result: then an event stream.
    func answer(_ request: JSONRPCRequest, peer: Peer) async -> HTTPAnswer {
        let queue = MessageQueue()
        // A task of its own, because it outlives this function when the answer is a stream; the stream then owns it.
        let work = Task { [kernel] in
            let response = await kernel.respond(to: request, peer: peer) { try await queue.send(.notification($0)) }
            queue.finish(with: .response(response))
        }
        let first = await withTaskCancellationHandler { await queue.next() } onCancel: {
            work.cancel()
            queue.abandon()
        }
        switch first {
        case .response(let response)?: return .json(response, status: HTTPStatusRules.status(of: response))
        case let first?:
            return .eventStream { [keepAlive] writer in
                let messages = OnceThen(first, queue)
                try await withTaskCancellationHandler {
                    defer {
                        work.cancel()
                        queue.abandon()
                    }
                    try await StreamPump.run(keepAlive: keepAlive, to: writer) {
                        await messages.next().map { EventStreamEncoder.event($0.json.serialized()) }
                    }
                } onCancel: {
                    work.cancel()
                    queue.abandon()
                }
            }
        case nil: return .refused(.init(code: 499, reasonPhrase: "Client Closed Request"), "The request was closed", id: request.id)
        }
    }
}

/// A message that has been taken from a queue already, and then the rest of the queue.
private actor OnceThen {
    private var first: JSONRPCMessage?
    private let queue: MessageQueue

    init(_ first: JSONRPCMessage, _ queue: MessageQueue) {
        self.first = first
        self.queue = queue
    }

    func next() async -> JSONRPCMessage? {
        if let first {
            self.first = nil
            return first
        }
        return await queue.next()
    }
}
