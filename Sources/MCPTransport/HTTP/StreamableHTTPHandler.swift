import HTTPTypes
import MCPCore
import MCPWorkers
import Synchronization

/// Answers the requests to an MCP endpoint (Streamable HTTP), in both eras on one path. It knows no HTTP framework: a listener hands it
/// requests and sends what it answers.
public final class StreamableHTTPHandler: Sendable {
    let server: Server
    let configuration: HTTPHandlerConfiguration
    let sessions: SessionRegistry
    let slowAnswers: Alarm
    let streams: EventStreams
    let eventStore: any EventStore
    /// What a listener counts the bodies in that it collects for this handler.
    public let bodies: BodyBudget
    private let classifier: RequestClassifier
    private let requestStates: any RequestStateStore
    private let guardRules: RequestGuard
    /// Whether there are revisions that have sessions.
    private let servesSessions: Bool
    /// What the subscriptions of this endpoint end with, and those of no other.
    private let endpoint = ConnectionID()
    private let listening = OpenAnswers()
    /// Requests of the per-request era that are under way. Those of sessions are counted there.
    private let underWay = Atomic(0)
    private let shares: PrincipalShares
    private let pace: HandlerPace

    public init(server: Server, configuration: HTTPHandlerConfiguration = .init()) {
        self.server = server
        self.configuration = configuration
        let environment = server.configuration.environment
        sessions = SessionRegistry(
            limit: configuration.maximumSessions, byteLimit: configuration.maximumSessionBytes, lifetime: configuration.sessionLifetime,
            environment: environment)
        bodies = BodyBudget(limit: configuration.maximumTotalBodyBytes)
        pace = HandlerPace(server.tools, limit: configuration.eventLoopTime)
        shares = PrincipalShares(limit: configuration.maximumConcurrentRequestsOfPrincipal)
        slowAnswers = Alarm(after: configuration.streamAfter)
        streams = EventStreams(keepAliveInterval: configuration.keepAliveInterval)
        eventStore = configuration.eventStore ?? MemoryEventStore()
        classifier = RequestClassifier(configuration: server.configuration)
        requestStates =
            configuration.requestStates ?? server.configuration.requestStates ?? SealedRequestStateStore(keys: [.random()], environment: environment)
        servesSessions = server.configuration.revisions.contains { $0.era == .handshake }
        guardRules = RequestGuard(allowedHosts: configuration.allowedHosts, allowedOrigins: configuration.allowedOrigins)
    }

    /// Ends all sessions and subscriptions of this endpoint; those of the server's other transports go on. Whoever closes the connections at once cuts
    /// off the responses of the subscriptions: `shutdown(within:)` waits for them.
    public func shutdown() {
        server.endSubscriptions(of: endpoint)
        sessions.removeAll()
    }

    /// Ends all subscriptions of this endpoint, waits until their responses have been taken, and then ends all sessions.
    /// - Parameter period: How long clients may take to read. Nothing is waited for in a task that is cancelled.
    public func shutdown(within period: Duration) async {
        server.endSubscriptions(of: endpoint)
        await listening.ended(within: period, sleep: server.configuration.environment.sleep ?? SystemTimer.sleep(for:))
        sessions.removeAll()
    }

    /// Answers one HTTP request. Cancelling the task, or closing the stream of the answer, says that the client is gone.
    /// - Parameters:
    ///   - head: Method and header fields.
    ///   - body: The whole body, which the listener has counted in `bodies` as it came; `nil` where it is longer than `maximumBodyBytes`.
    ///   - principal: Who the client is, where the listener has established it; else the configured authorization does.
    ///   - started: Is given what says that the client is gone, for a listener that learns that elsewhere than in this task.
    ///   - ended: Called when the exchange has ended, which may be after this function has returned: then the body is held no more.
    public func answer(
        _ head: HTTPRequest, body: [UInt8]?, principal: Principal? = nil, started: (@escaping @Sendable () -> Void) -> Void = { _ in },
        ended: @escaping @Sendable () -> Void = {}
    ) async -> HTTPAnswer {
        let promise = AnswerPromise()
        // A task of its own, because it outlives this function when the answer is a stream; the stream then owns it.
        let work = Task(executorPreference: CurrentExecutor.preference) { [self] in
            await serve(head, body: body, principal: principal) { promise.fulfil($0) }
            ended()
        }
        let cancel: @Sendable () -> Void = {
            work.cancel()
            promise.fulfil(.refused(.init(code: 499, reasonPhrase: "Client Closed Request"), "The request was closed"))
        }
        started(cancel)
        return await withTaskCancellationHandler {
            let answer = await promise.value()
            if case .stream(let stream) = answer.body { stream.whenClosed { work.cancel() } }
            return answer
        } onCancel: {
            cancel()
        }
    }

    /// Answers one HTTP request from this task, which is the handler's in the per-request era: cancelling it says that the client is gone.
    ///
    /// A listener counts the body in `bodies` as it comes, and gives it back when this function has returned.
    /// - Parameters:
    ///   - elsewhere: Where a handler runs that is not known to end at once (`HandlerPace`), so that it holds up nothing else that is served by the thread of this task; `nil`
    ///     where all run in this task's place.
    ///   - respond: Takes the answer, once. That may be long before this function returns, which it does when the handler has ended.
    public func serve(
        _ head: HTTPRequest, body: [UInt8]?, principal principalOfApplication: Principal? = nil, elsewhere: (any TaskExecutor)? = nil,
        respond: @escaping @Sendable (HTTPAnswer) -> Void
    ) async {
        if let reason = guardRules.refusal(of: head) { return respond(.refused(.forbidden, reason)) }
        let principal: Principal?
        switch await configuration.authorize(head, as: principalOfApplication) {
        case .accepted(let established): principal = established
        case .refused(let answer): return respond(answer)
        }
        switch head.method {
        case .post: await post(head.headerFields, body, principal, elsewhere, respond)
        case .get where servesSessions: respond(await get(head.headerFields, principal))
        case .delete where servesSessions: respond(delete(head.headerFields, principal))
        case _ where servesSessions:
            respond(
                .refused(
                    .methodNotAllowed, "Use POST to send a message, GET to open a stream, DELETE to end a session",
                    headers: [.allow: "POST, GET, DELETE"]))
        default:
            // Streams and sessions ended with 2025-11-25 (2026-07-28, "Earlier Streamable HTTP Revisions").
            respond(.refused(.methodNotAllowed, "Use POST to send a message: the revisions that are served here have no sessions", headers: [.allow: "POST"]))
        }
    }

    private func post(
        _ headers: HTTPFields, _ body: [UInt8]?, _ principal: Principal?, _ elsewhere: (any TaskExecutor)?,
        _ respond: @escaping @Sendable (HTTPAnswer) -> Void
    ) async {
        if let refusal = HTTPAnswer.refusal(ofBodyWith: headers) { return respond(refusal) }
        let accepted = headers.value(of: .accept)
        guard MediaTypes.accepts(accepted, "application/json"), MediaTypes.accepts(accepted, "text/event-stream") else {
            return respond(.refused(.notAcceptable, "Send Accept: application/json, text/event-stream; the server answers with either"))
        }
        guard let body else {
            return respond(.refused(.contentTooLarge, "The body is longer than \(configuration.maximumBodyBytes) bytes"))
        }
        let handshake = HandshakeExchange(handler: self, headers: headers, principal: principal, bodyBytes: body.count)
        switch body.withUnsafeBytes({ JSONRPCInput(parsing: $0, limits: server.configuration.jsonLimits) }) {
        case .invalid(let response): respond(.json(response, status: .badRequest))
        case .batch(let inputs): respond(await Self.run(nil, elsewhere) { await handshake.answer(batch: inputs) })
        case .message(.request(let request)):
            if let challenge = lackOfScope(request, principal) { return respond(challenge) }
            // It counts as long as it is open: padded ones would hold the room for all bodies.
            if request.method == "subscriptions/listen", body.count > Self.maximumListenBytes {
                return respond(.refused(.contentTooLarge, "subscriptions/listen is longer than \(Self.maximumListenBytes) bytes", id: request.id))
            }
            await serve(request, handshake, elsewhere, respond)
        case .message(.notification(let notification)): respond(await Self.run(nil, elsewhere) { await take(notification, handshake) })
        case .message(let response): respond(await Self.run(nil, elsewhere) { await take(response, handshake) })
        }
    }

    /// More than the URIs of the most resources that a subscription may name take.
    private static let maximumListenBytes = 256 << 10

    /// The challenge for what the principal's token does not allow.
    private func lackOfScope(_ request: JSONRPCRequest, _ principal: Principal?) -> HTTPAnswer? {
        guard let authorization = configuration.authorization else { return nil }
        let rules = server.configuration.scopes
        let needed = rules.needed(for: request)
        return rules.allow(principal, needed) ? nil : authorization.insufficientScope(needed)
    }

    /// A notification changes nothing in the per-request era, where the end of its exchange is what cancels a request; one that says of itself what cannot
    /// be is refused all the same.
    private func take(_ notification: JSONRPCNotification, _ handshake: HandshakeExchange) async -> HTTPAnswer {
        let rules = NotificationHeaderRules(headers: handshake.headers, notification: notification)
        guard rules.isPerRequest || !servesSessions else { return await handshake.accept(.notification(notification)) }
        guard let error = rules.refusal(classifier) else { return HTTPAnswer(status: .accepted) }
        return .json(JSONRPCResponse(id: nil, error), status: .badRequest)
    }

    /// A response belongs to a session.
    private func take(_ response: JSONRPCMessage, _ handshake: HandshakeExchange) async -> HTTPAnswer {
        guard servesSessions, !Self.namesPerRequestRevision(handshake.headers) else {
            return .refused(.badRequest, "Invalid request: clients of this MCP-Protocol-Version send no responses; answers come with a retry of the request")
        }
        return await handshake.accept(response)
    }

    private func serve(
        _ request: JSONRPCRequest, _ handshake: HandshakeExchange, _ elsewhere: (any TaskExecutor)?,
        _ respond: @escaping @Sendable (HTTPAnswer) -> Void
    ) async {
        let headers = handshake.headers
        let rules = RequestHeaderRules(headers: headers, request: request)
        if let claimed = request.params["_meta"]?[MetaKey.protocolVersion]?.string, let mismatch = rules.versionMismatch(body: claimed) {
            return respond(.json(JSONRPCResponse(id: request.id, mismatch), status: .badRequest))
        }
        switch classifier.classify(request) {
        case .refused(let error): respond(.json(JSONRPCResponse(id: request.id, error), status: .badRequest))
        case .handshake:
            if Self.namesPerRequestRevision(headers) {
                return respond(.refused(.badRequest, Self.missingMeta, code: .invalidParams, id: request.id))
            }
            let record = elsewhere.flatMap { _ in pace.record(of: request) }
            respond(await Self.run(record, elsewhere) { await handshake.answer(request, record) })
        case .perRequest(var peer):
            defer { underWay.subtract(1, ordering: .relaxed) }
            guard underWay.add(1, ordering: .relaxed).newValue <= configuration.maximumConcurrentRequests else {
                return respond(Self.busy("too many requests are under way", id: request.id))
            }
            guard shares.enter(handshake.principal) else { return respond(Self.busy("too many requests of this client are under way", id: request.id)) }
            defer { shares.leave(handshake.principal) }
            let tool = request.method == "tools/call" ? request.params["name"]?.string : nil
            let parameters = tool.map(server.tools.parameterHeaders(of:)) ?? []
            if let mismatch = rules.mismatch(parameters: parameters, routingName: server.kernel.routingName(of: request)) {
                return respond(.json(JSONRPCResponse(id: request.id, mismatch), status: .badRequest))
            }
            peer.principal = handshake.principal
            peer.requestStates = requestStates
            var respond = respond
            if request.method == "subscriptions/listen" {
                peer.connection = endpoint
                respond = listening.counting(respond)
            }
            let exchange = PerRequestExchange(kernel: server.kernel, streams: streams, slowAnswers: slowAnswers)
            let record = elsewhere.flatMap { _ in pace.record(of: request) }
            await Self.run(record, elsewhere) { [peer, respond] in
                await exchange.serve(request, peer: peer, pace: record, respond: respond)
            }
        }
    }

    /// Runs a handler here if it is known to end at once, and else where it holds nobody up.
    private static func run<Value>(
        _ record: HandlerPace.Record?, _ elsewhere: (any TaskExecutor)?, isolation: isolated (any Actor)? = #isolation, _ body: () async -> Value
    ) async -> Value {
        guard let elsewhere, record?.isQuick != true else { return await body() }
        return await withTaskExecutorPreference(elsewhere, isolation: isolation) { await body() }
    }

    private static func busy(_ reason: String, id: RequestID) -> HTTPAnswer {
        .refused(
            .serviceUnavailable, "The server is busy: \(reason); send it again later", code: .internalError, id: id, headers: [.retryAfter: "1"])
    }

    /// Whether the version header names a revision whose requests carry it in `_meta` too, and which has no sessions.
    static func namesPerRequestRevision(_ headers: HTTPFields) -> Bool {
        headers.value(of: .mcpProtocolVersion).flatMap(ProtocolRevision.init(rawValue:))?.era == .perRequest
    }

    private static let missingMeta =
        "Invalid params: a request of this MCP-Protocol-Version carries "
        + "`\(MetaKey.protocolVersion)` and `\(MetaKey.clientCapabilities)` in `_meta`"

    private func get(_ headers: HTTPFields, _ principal: Principal?) async -> HTTPAnswer {
        guard MediaTypes.accepts(headers.value(of: .accept), "text/event-stream") else {
            return .refused(.notAcceptable, "Send Accept: text/event-stream to open a stream")
        }
        return await HandshakeExchange(handler: self, headers: headers, principal: principal).openStream()
    }

    private func delete(_ headers: HTTPFields, _ principal: Principal?) -> HTTPAnswer {
        HandshakeExchange(handler: self, headers: headers, principal: principal).endSession()
    }
}
