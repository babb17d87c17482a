import HTTPTypes
import MCPCore
import Synchronization

/// One HTTP request of the handshake era (2025-03-26 to 2025-11-25): it belongs to a session, or opens one.
struct HandshakeExchange: Sendable {
    let handler: StreamableHTTPHandler
    let headers: HTTPFields
    let principal: Principal?
    var bodyBytes = 0

    private enum Lookup {
        case found(HTTPSession)
        case refused(HTTPAnswer)
    }

    /// A request on its own.
    /// - Parameter pace: Takes in how long its handler takes, and to write the answer.
    func answer(_ request: JSONRPCRequest, _ pace: HandlerPace.Record? = nil) async -> HTTPAnswer {
        if request.method == "initialize", headers.value(of: .mcpSessionID) == nil { return initialize(request) }
        switch lookUp(id: request.id) {
        case .refused(let answer): return answer
        case .found(let session):
            guard let reader = await serve([request], session, pace) else { return busy(id: request.id) }
            return await answer(reader, session, pace)
        }
    }

    /// - Returns: `nil` where too much is under way.
    private func serve(_ requests: [JSONRPCRequest], _ session: HTTPSession, _ pace: HandlerPace.Record? = nil) async -> SessionStream.Reader? {
        let (sessions, size) = (handler.sessions, bodyBytes)
        guard sessions.admit(size, to: session) else { return nil }
        return await session.serve(requests, principal: principal, pace: pace) { sessions.release(size, of: session) }
    }

    private func busy(id: RequestID?) -> HTTPAnswer {
        .refused(
            .serviceUnavailable, "The server is busy: too much is under way in its sessions; send it again later", code: .internalError, id: id,
            headers: [.retryAfter: "1"])
    }

    /// A notification or a response.
    func accept(_ message: JSONRPCMessage) async -> HTTPAnswer {
        switch lookUp(id: nil) {
        case .refused(let answer): return answer
        case .found(let session):
            await session.receive(message)
            return HTTPAnswer(status: .accepted)
        }
    }

    /// A batch, in sessions of 2025-03-26. One with a member that is no message is refused as a whole, before any of it is taken.
    func answer(batch inputs: [JSONRPCInput]) async -> HTTPAnswer {
        guard headers.value(of: .mcpSessionID) != nil, !StreamableHTTPHandler.namesPerRequestRevision(headers) else { return Self.noBatch }
        let session: HTTPSession
        switch lookUp(id: nil) {
        case .refused(let answer): return answer
        case .found(let found): session = found
        }
        guard session.client?.revision == .v2025_03_26 else { return Self.noBatch }
        var requests: [JSONRPCRequest] = []
        var others: [JSONRPCMessage] = []
        for input in inputs {
            switch input {
            case .message(.request(let request)): requests.append(request)
            case .message(let message): others.append(message)
            case .invalid(let response): return .json(response, status: .badRequest)
            case .batch: return .refused(.badRequest, "Invalid request: a batch inside a batch")
            }
        }
        for message in others { await session.receive(message) }
        guard !requests.isEmpty else { return HTTPAnswer(status: .accepted) }
        guard let reader = await serve(requests, session) else { return busy(id: nil) }
        return events(reader, after: 0, session)
    }

    private static var noBatch: HTTPAnswer {
        .refused(.badRequest, "Invalid request: batches exist only in sessions of revision 2025-03-26; send each message by itself")
    }

    /// The stream that a GET opens, or takes up again.
    func openStream() async -> HTTPAnswer {
        guard headers.value(of: .mcpSessionID) != nil else {
            return .refused(.methodNotAllowed, "A stream belongs to a session: send Mcp-Session-Id", headers: [.allow: "POST"])
        }
        switch lookUp(id: nil) {
        case .refused(let answer): return answer
        case .found(let session):
            do {
                guard let last = headers.value(of: .lastEventID) else { return try await openStandaloneStream(session) }
                return try await resume(session, after: last)
            } catch {
                handler.server.configuration.diagnostics(.ignored(reason: "the events of a stream could not be read: \(error)"))
                return .refused(.internalServerError, "The events of the stream cannot be read; try again later", code: .internalError)
            }
        }
    }

    /// From behind what somebody has taken already.
    private func openStandaloneStream(_ session: HTTPSession) async throws -> HTTPAnswer {
        guard let stream = session.stream(HTTPSession.standaloneStream) else { return .refused(.notFound, "The session has ended") }
        let taken = stream.taken
        if let reader = try await stream.attach(after: taken) { return events(reader, after: taken, session) }
        let last = stream.last
        return events(stream.attach(), after: last, session)
    }

    private func resume(_ session: HTTPSession, after last: String) async throws -> HTTPAnswer {
        guard let event = EventID(last), let stream = session.stream(event.stream), event.number <= stream.last else {
            return .refused(.badRequest, "This Last-Event-ID is not of a stream of this session, or of one that is kept no more")
        }
        guard let reader = try await stream.attach(after: event.number) else {
            return .refused(.badRequest, "Events behind this Last-Event-ID are kept no more: the stream cannot be taken up again")
        }
        return events(reader, after: event.number, session)
    }

    /// From 2025-11-25 a stream opens with an event that has an id and no data, so that it can be taken up again from its start.
    static func opensWithEvent(_ revision: ProtocolRevision) -> Bool { revision >= .v2025_11_25 }

    func endSession() -> HTTPAnswer {
        guard headers.value(of: .mcpSessionID) != nil else {
            return .refused(.methodNotAllowed, "There is no session to end: send Mcp-Session-Id", headers: [.allow: "POST"])
        }
        switch lookUp(id: nil) {
        case .refused(let answer): return answer
        case .found(let session):
            handler.sessions.remove(session.id)
            return HTTPAnswer(status: .noContent)
        }
    }

    private func initialize(_ request: JSONRPCRequest) -> HTTPAnswer {
        var session = HandshakeSession(kernel: handler.server.kernel)
        switch session.receive(.request(request)) {
        case .opened(let response):
            let opened = HTTPSession(
                id: handler.server.configuration.environment.randomIdentifier(), principal: principal, server: handler.server,
                session: session, store: handler.eventStore)
            handler.sessions.add(opened)
            return .json(response, headers: [.mcpSessionID: opened.id])
        case .respond(let response): return .json(response, status: .badRequest)
        case .serve, .ready, .cancel, .deliver, .take, .ignore: return .refused(.badRequest, "This request cannot open a session", id: request.id)
        }
    }

    private func lookUp(id: RequestID?) -> Lookup {
        guard let sessionID = headers.value(of: .mcpSessionID) else {
            let hint = "or carry the protocol version in `_meta`, as from \(ProtocolRevision.latest.rawValue) on"
            return .refused(
                .refused(
                    .badRequest, "Invalid params: the Mcp-Session-Id header is missing: open a session with `initialize`, \(hint)",
                    code: .invalidParams, id: id))
        }
        guard let session = handler.sessions.session(sessionID, principal: principal) else {
            return .refused(.refused(.notFound, "There is no such session, or it has ended: open a new one with `initialize`", id: id))
        }
        // Revisions before 2025-06-18 have no such header.
        if let version = headers.value(of: .mcpProtocolVersion), version != session.client?.revision.rawValue {
            return .refused(
                .refused(
                    .badRequest,
                    "MCP-Protocol-Version header '\(version.prefix(64))' is not the revision of this session, \(session.client?.revision.rawValue ?? "none")",
                    id: id))
        }
        return .found(session)
    }

    /// One JSON body, unless the handler sends something before its result or takes long: then an event stream.
    /// - Parameter pace: Is told where writing one JSON body takes long; what the handler takes the session notes, without the time in which this task waits for its turn.
    private func answer(_ reader: SessionStream.Reader, _ session: HTTPSession, _ pace: HandlerPace.Record?) async -> HTTPAnswer {
        switch await handler.slowAnswers.watching(wake: reader.tick, { await reader.opening() }) {
        case .response(let response):
            let began = ContinuousClock.Instant.now
            defer { pace?.note(.now - began, succeeded: false) }
            return .json(response)
        case .eventStream: return events(reader, after: 0, session)
        // With a comment at once, so that the status and the headers are on their way.
        case .slowEventStream: return events(reader, after: 0, session, opening: EventStreamEncoder.keepAlive)
        case .ended:
            reader.detach()
            // A cancelled request gets no response; the exchange has to end all the same, with one of the two that answer a request
            // (2025-11-25, basic/transports, "Sending Messages to the Server"): a stream without an event.
            return .endedStream
        }
    }

    /// The events of a stream from behind one of them.
    private func events(
        _ reader: SessionStream.Reader, after number: Int, _ session: HTTPSession, opening: [UInt8]? = nil
    ) -> HTTPAnswer {
        let configuration = handler.configuration
        var first = opening
        if let revision = session.client?.revision, Self.opensWithEvent(revision) {
            let id = EventID(stream: reader.stream.key.stream, number: number)
            first = EventStreamEncoder.event([], id: id.text, retry: configuration.retryInterval)
        }
        let source = SessionSource(first: first, reader)
        return .eventStream(handler.streams.body(source) { reader.detach() })
    }
}

/// The opening event of a stream, and then its events with their ids.
private final class SessionSource: EventSource {
    private let first: Mutex<[UInt8]?>
    private let reader: SessionStream.Reader

    init(first: [UInt8]?, _ reader: SessionStream.Reader) {
        self.first = Mutex(first)
        self.reader = reader
    }

    func takeReady() -> (bytes: [UInt8], isEnd: Bool) {
        var bytes = takeFirst() ?? []
        let (items, isEnd) = reader.takeReady()
        for item in items { bytes += chunk(of: item) ?? [] }
        return (bytes, isEnd)
    }

    func whenReady(_ action: @escaping @Sendable () -> Void) -> Bool {
        reader.whenReady(action)
        return true
    }

    private func takeFirst() -> [UInt8]? {
        first.withLock { first in
            defer { first = nil }
            return first
        }
    }

    func nextChunk() async -> [UInt8]? {
        if let waiting = takeFirst() { return waiting }
        guard let item = await reader.next() else { return nil }
        return chunk(of: item)
    }

    /// - Returns: `nil` where nothing is to be said before the connection is closed.
    private func chunk(of item: SessionStream.Item) -> [UInt8]? {
        let stream = reader.stream.key.stream
        switch item {
        case .event(let event): return EventStreamEncoder.event(event.message, id: EventID(stream: stream, number: event.number).text)
        case .tick: return EventStreamEncoder.keepAlive
        case .closeConnection(let retry, let taken):
            // The opening event has told the client the default.
            guard let retry else { return nil }
            return EventStreamEncoder.event([], id: EventID(stream: stream, number: taken).text, retry: retry)
        }
    }

    func tick() { reader.tick() }
}
