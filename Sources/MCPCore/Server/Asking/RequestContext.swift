/// What a handler of `tools/call`, `prompts/get` or `resources/read` knows of the call, and how it talks to the client meanwhile.
///
/// Questions work in both eras. In the handshake era they are live requests. In the per-request era the call ends at a question and runs
/// again from the top with the answers so far, so code between questions is deterministic, or inside `step`.
public struct RequestContext: Sendable {
    let exchange: ServerExchange
    let input: any InputBroker
    private let ownInput: OwnInput

    init(_ exchange: ServerExchange, input: any InputBroker, ownInput: OwnInput) {
        self.exchange = exchange
        self.input = input
        self.ownInput = ownInput
    }

    /// Who asks: revision, capabilities, client, principal.
    public var peer: Peer { exchange.peer }

    /// The `_meta` of the request.
    public var meta: JSONObject { exchange.meta }

    /// The client's answers by key, for a handler that returns `.inputRequired` itself. They are claims of the client.
    public var inputResponses: JSONObject { ownInput.responses }

    /// The state that a handler which returns `.inputRequired` gave; the client cannot have changed it.
    public var requestState: String? { ownInput.state }

    /// Tells the client how far the call has come (`notifications/progress`); nothing is sent where the client did not ask for it.
    /// - Parameters:
    ///   - progress: Grows with each report; one that does not is not sent. Neither are more than `RateLimits.progress` allows, of which the newest goes
    ///     out later.
    ///   - total: What `progress` will be at the end, where that is known.
    ///   - message: For people.
    public func progress(_ progress: Double, total: Double? = nil, message: String? = nil) async throws {
        try input.checkRunning()
        try await exchange.reportProgress(ProgressUpdate(progress: progress, total: total, message: message))
    }

    /// Sends a message for the client's log (`notifications/message`), where the server offers logging and the client wants messages of that level.
    /// Deprecated by the specification since 2026-07-28: log to standard error, or trace.
    ///
    /// More messages than `RateLimits.logMessages` allows are dropped, and `ServerConfiguration.logFilter` sees each before it leaves.
    /// - Parameters:
    ///   - data: Any value. It must hold no secrets: it leaves the process.
    ///   - logger: The part of the server that speaks.
    public func log(_ level: LoggingLevel, _ data: JSONValue, logger: String? = nil) async throws {
        try input.checkRunning()
        try await exchange.log(LogMessage(level, logger: logger, data: data))
    }

    /// Closes the connection that the client waits on, so that none is held while the call takes long; the client comes back for the rest
    /// (2025-11-25, basic/transports, "Sending Messages to the Server": polling). What is sent meanwhile is kept, up to the bounds of the server's event store.
    ///
    /// It does nothing on transports and in revisions where a client could not come back.
    /// - Parameter duration: After how long the client comes back; `nil` for the transport's default.
    public func closeConnection(retryAfter duration: Duration? = nil) { peer.backChannel?.closeConnection(retryAfter: duration) }

    /// Asks the user with a form (`elicitation/create`) and waits for the answer.
    /// - Parameters:
    ///   - id: Unique within the call; the same question has the same id each time the handler runs.
    ///   - type: A flat type: strings, numbers, booleans, enums and arrays of enums. Its schema makes the form.
    ///   - message: What is asked and why, for the user. An answer counts only for exactly this question.
    /// - Throws: `AwaitingAnswer` where the call ends here for now; an error for a client that cannot be asked.
    public func elicit<T: SchemaCodable>(_ id: String, _ type: T.Type = T.self, _ message: String) async throws -> Answer<T> {
        let question: Question<Answer<T>> = .elicit(id, T.self, message)
        return try question.read(try await input.ask([question.raw])[0])
    }

    /// Asks the user to open a page (`elicitation/create`, URL mode): for what must not pass through the client, a sign-in or a payment.
    ///
    /// - Returns: Whether the user agreed to open it. What happened on the page the server knows by itself; it must bind the page to the user who is
    ///   signed in there and here (2026-07-28, client/elicitation, "Phishing").
    /// - Parameter elicitationID: Unique in the server, for `Server.elicitationCompleted`; a random one where it is left out.
    public func elicit(_ id: String, url: String, elicitationID: String? = nil, _ message: String) async throws -> Answer<Void> {
        let question = Question<Answer<Void>>.elicit(id, url: url, elicitationID: elicitationID, message)
        return try question.read(try await input.ask([question.raw])[0])
    }

    /// Asks the client's language model (`sampling/createMessage`). Deprecated by the specification since 2026-07-28.
    public func sample(_ id: String, _ request: SamplingRequest) async throws -> SamplingResult {
        let question = Question<SamplingResult>.sample(id, request)
        return try question.read(try await input.ask([question.raw])[0])
    }

    /// The client's root directories (`roots/list`). Deprecated by the specification since 2026-07-28.
    public func roots(_ id: String = "roots") async throws -> [Root] {
        let question = Question<[Root]>.roots(id)
        return try question.read(try await input.ask([question.raw])[0])
    }

    /// Asks several questions in one round.
    public func ask<each Value>(_ question: repeat Question<each Value>) async throws -> (repeat each Value) {
        var raw: [RawQuestion] = []
        repeat raw.append((each question).raw)
        var results = try await input.ask(raw).makeIterator()
        func next<V>(_ question: Question<V>) throws -> V {
            guard let result = results.next() else { throw AwaitingAnswer() }
            return try question.read(result)
        }
        return (repeat try next(each question))
    }

    /// Runs an effect once for the questions that follow: its value is kept when the call stops at a question, and the next run gets it
    /// instead of running `body` again.
    ///
    /// After the last question of a call, or where an answer to the client is lost, a step can run again: where once matters (an email
    /// that is sent), keep an idempotency key as well.
    public func step<T: JSONEncodable & JSONDecodable & Sendable>(
        _ id: String, as type: T.Type = T.self, _ body: () async throws -> T
    ) async throws -> T {
        try T(json: try await input.step(id) { try await body().json })
    }
}
