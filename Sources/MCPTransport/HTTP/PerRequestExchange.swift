import MCPCore

/// One POST of the per-request era. It owns its answer: cancelling the task cancels the handler, and nothing is looked up by an id that the
/// client chose.
struct PerRequestExchange: Sendable {
    let kernel: ServerKernel
    let streams: EventStreams
    let slowAnswers: Alarm

    /// Runs the handler in this task.
    /// - Parameters:
    ///   - pace: Takes in how long that takes, and to write the answer.
    ///   - respond: Called once, possibly long before the handler ends: the answer may be a stream that the handler still writes.
    func serve(
        _ request: JSONRPCRequest, peer: Peer, pace: HandlerPace.Record? = nil, respond: @escaping @Sendable (HTTPAnswer) -> Void
    ) async {
        let began = ContinuousClock.Instant.now
        let answer = PendingAnswer(streams: streams, respond: respond)
        let response = await slowAnswers.watching(wake: answer.openStream) {
            await kernel.respond(to: request, peer: peer) { try await answer.send(.notification($0)) }
        }
        answer.finish(response, status: HTTPStatusRules.status(of: response))
        pace?.note(since: began, response)
    }
}
