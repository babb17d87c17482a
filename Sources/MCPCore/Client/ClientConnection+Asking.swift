/// A call under way in which the server may ask something, in the handshake era.
struct CallUnderWay: Sendable {
    let id: RequestID
    /// The call's own, or the client's.
    let handlers: ClientInputHandlers
    let deadline: RequestDeadline?
    /// The call's own HTTP headers, for the answers too.
    let headers: [(name: String, value: String)]
}

/// A request of the server that is being answered.
struct Answering {
    let method: String
    /// Tells it from a later request with the same id.
    let serial: Int
    let task: Task<Void, Never>
    /// The calls that may have asked it and are still under way.
    var calls: Set<RequestID>
}

extension ClientConnection {
    /// What a server may ask and a person answers.
    static let methodsForPersons: Set<String> = ["elicitation/create", "sampling/createMessage"]

    /// The call that the request is, where the server may ask in it.
    func callUnderWay(_ outgoing: Outgoing, id: RequestID, deadline: RequestDeadline?) -> CallUnderWay? {
        guard outgoing.revision.era == .handshake else { return nil }
        let headers = outgoing.options.headers
        if let handlers = handlers(of: outgoing.options) { return CallUnderWay(id: id, handlers: handlers, deadline: deadline, headers: headers) }
        let input = configuration.input
        guard input.elicit != nil || input.sample != nil || input.roots != nil, Self.methodsThatAsk.contains(outgoing.method) else { return nil }
        return CallUnderWay(id: id, handlers: input, deadline: deadline, headers: headers)
    }

    /// Nobody waits any more for an answer to what only this call can have asked: its handler is cancelled, and what it then says is the answer.
    func callEnded(_ id: RequestID) {
        let tasks = state.withLock { state -> [Task<Void, Never>] in
            state.askingCalls[id] = nil
            var tasks: [Task<Void, Never>] = []
            for (request, answering) in state.answering where answering.calls.contains(id) {
                state.answering[request]?.calls.remove(id)
                if answering.calls.count == 1 { tasks.append(answering.task) }
            }
            return tasks
        }
        for task in tasks { task.cancel() }
    }
}
