import HTTPTypes
import MCPCore
import MCPWorkers

/// Answers the requests of clients that know only the HTTP+SSE transport of 2024-11-05: a GET opens an event stream whose first event
/// names the URL that the client's messages are posted to. Newer revisions replace it with Streamable HTTP.
///
/// A session lives as long as its event stream, and ends with it. It knows no HTTP framework, like `StreamableHTTPHandler`.
public final class LegacySSEHandler: Sendable {
    private let server: Server
    private let configuration: HTTPHandlerConfiguration
    private let messagePath: String
    private let guardRules: RequestGuard
    private let sessions: LegacySSESessions
    private let streams: EventStreams
    private let open = OpenAnswers()

    /// - Parameter messagePath: The path that clients post to, as they reach it.
    public init(server: Server, configuration: HTTPHandlerConfiguration = .init(), messagePath: String) {
        self.server = server
        self.configuration = configuration
        self.messagePath = messagePath
        guardRules = RequestGuard(allowedHosts: configuration.allowedHosts, allowedOrigins: configuration.allowedOrigins)
        sessions = LegacySSESessions(limit: configuration.maximumSessions)
        streams = EventStreams(keepAliveInterval: configuration.keepAliveInterval)
    }

    /// Ends all sessions at once: what is under way is cancelled, and what is unread is lost.
    public func shutdown() { sessions.endAll() }

    /// Takes no further session and message, waits until what the sessions were asked before has been answered and their streams have been read to the end,
    /// and then ends what is left.
    /// - Parameter period: How long answers and their readers may take. Nothing is waited for in a task that is cancelled.
    public func shutdown(within period: Duration) async {
        sessions.finishAll()
        await open.ended(within: period, sleep: server.configuration.environment.sleep ?? SystemTimer.sleep(for:))
        sessions.endAll()
    }

    /// Opens an event stream. Closing it ends the session.
    /// - Parameter principalOfApplication: Who the client is, where the application has established it; else the configured authorization does.
    public func open(_ head: HTTPRequest, principal principalOfApplication: Principal? = nil) async -> HTTPAnswer {
        if let reason = guardRules.refusal(of: head) { return .refused(.forbidden, reason) }
        let principal: Principal?
        switch await configuration.authorize(head, as: principalOfApplication) {
        case .accepted(let established): principal = established
        case .refused(let answer): return answer
        }
        guard head.method == .get else { return .refused(.methodNotAllowed, "Use GET to open the stream", headers: [.allow: "GET"]) }
        guard MediaTypes.accepts(head.headerFields.value(of: .accept) ?? "*/*", "text/event-stream") else {
            return .refused(.notAcceptable, "Send Accept: text/event-stream to open the stream")
        }
        let id = server.configuration.environment.randomIdentifier()
        let session = LegacySSESession(id: id, principal: principal, server: server)
        if let reason = sessions.add(session) {
            session.end()
            return .refused(.serviceUnavailable, reason, code: .internalError, headers: [.retryAfter: "1"])
        }
        let endpoint = EventStreamEncoder.event(Array("\(messagePath)?sessionId=\(id)".utf8), type: "endpoint")
        let stream = streams.body(LegacySSESource(opening: endpoint, session.outbound)) { [sessions] in sessions.remove(id) }
        open.count(stream)
        return .eventStream(stream)
    }

    /// Takes a message. What answers it travels on the session's event stream.
    /// - Parameter body: The whole body; `nil` where it is longer than `maximumBodyBytes`.
    public func post(_ head: HTTPRequest, body: [UInt8]?, principal principalOfApplication: Principal? = nil) async -> HTTPAnswer {
        if let reason = guardRules.refusal(of: head) { return .refused(.forbidden, reason) }
        let principal: Principal?
        switch await configuration.authorize(head, as: principalOfApplication) {
        case .accepted(let established): principal = established
        case .refused(let answer): return answer
        }
        guard head.method == .post else { return .refused(.methodNotAllowed, "Use POST to send a message", headers: [.allow: "POST"]) }
        if let refusal = HTTPAnswer.refusal(ofBodyWith: head.headerFields) { return refusal }
        guard let body else { return .refused(.contentTooLarge, "The body is longer than \(configuration.maximumBodyBytes) bytes") }
        // The id is no secret to whoever sees URLs in a log: a session is its principal's as well.
        guard let session = Self.sessionID(in: head.path).flatMap(sessions.session), session.principal == principal else {
            return .refused(.notFound, "There is no such session, or its stream is closed: open a new one")
        }
        if case .invalid(let response) = body.withUnsafeBytes({ JSONRPCInput(parsing: $0, limits: server.configuration.jsonLimits) }) {
            return .json(response, status: .badRequest)
        }
        // What the token of this POST allows counts, and not that of the stream. Where the session does not keep up, its client waits, and nothing is kept of what it sends when it goes.
        guard await session.inbound.push(.message(body, of: principal)) else {
            return .refused(.notFound, "There is no such session, or its stream is closed: open a new one")
        }
        return HTTPAnswer(status: .accepted)
    }

    /// The session that the query of a path names.
    static func sessionID(in path: String?) -> String? {
        guard let query = path?.split(separator: "?", maxSplits: 1).dropFirst().first else { return nil }
        let prefix = "sessionId="
        return query.split(separator: "&").first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
