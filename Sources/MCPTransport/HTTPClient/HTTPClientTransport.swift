import AsyncHTTPClient
import MCPCore
import MCPHTTP
import NIOCore
import NIOHTTP1
import Synchronization

/// Reaches a server over Streamable HTTP, in either era, or over the HTTP+SSE transport of 2024-11-05 where it speaks nothing newer.
///
/// Redirects are not followed: a server that moves is named anew by whoever configured it.
public final class HTTPClientTransport: ClientTransport {
    private struct State {
        var pools: ConnectionPools?
        /// The session of the handshake era.
        var sessionID: String?
        /// What the session speaks.
        var revision: ProtocolRevision?
        var standalone: Task<Void, Never>?
        /// Of that stream.
        var opening: FirstAttempt?
        /// The way to a server that speaks only the HTTP+SSE transport of 2024-11-05.
        var legacy: StreamClientTransport?
        var sessionEnded: (@Sendable () -> Void)?
        /// Told when the session serves a request.
        var success: AsyncStream<Void>.Continuation?
        var receive: (@Sendable (JSONRPCMessage) async -> Void)?
        var report: (@Sendable (ClientDiagnostic) -> Void)?
    }

    /// The URL of the MCP endpoint.
    public let url: String
    private let headers: [(name: String, value: String)]
    private let authorizer: (any HTTPRequestAuthorizer)?
    let limits: HTTPClientLimits
    let turns: RequestTurns
    private let state = Mutex(State())

    public let binding = TransportBinding.http
    /// The id of the session, in the handshake era and with a server that has sessions. It is as good as a password while it lives.
    public var sessionID: String? { state.withLock { $0.sessionID } }
    public var serverIdentity: String? { url }

    public var authorizationContext: String? {
        get async {
            guard let authorizer else { return "" }
            return await authorizer.authorizationContext
        }
    }

    /// - Parameters:
    ///   - url: The URL of the MCP endpoint, `http:` or `https:`.
    ///   - headers: Sent with every request, for example `Authorization`.
    ///   - authorizer: Signs in where the server demands it.
    public init(
        url: String, headers: [(name: String, value: String)] = [], authorizer: (any HTTPRequestAuthorizer)? = nil, limits: HTTPClientLimits = .init()
    ) {
        self.url = url
        self.headers = headers
        self.authorizer = authorizer
        self.limits = limits
        turns = RequestTurns(max(limits.maximumConcurrentRequests, 1))
    }

    public func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw TransportError.unreachable("\(url) is no http: or https: URL")
        }
        let gone = state.withLock { state in
            state.receive = receive
            state.report = report
            if state.pools == nil { state.pools = ConnectionPools(limits) }
            defer { state.legacy = nil }
            return state.legacy
        }
        await gone?.close()
    }

    public func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        switch request.method {
        // What finds out whether the server is there, and what begins a session: neither is to wait behind requests that may wait for it.
        case "ping", "initialize": try await exchange(request, metadata, .side, receive)
        // The first request of a client. Those that follow use its connection.
        case "server/discover": try await exchange(request, metadata, .requests, receive)
        // It lasts as long as somebody listens: with a turn, many of them would leave none for calls.
        case "subscriptions/listen": try await exchange(request, metadata, .subscriptions, receive)
        // What a new session is told may be what those that hold the turns wait for.
        case _ where metadata.isPartOfOpening: try await exchange(request, metadata, .side, receive)
        default: try await turns.take { try await exchange(request, metadata, .requests, receive) }
        }
    }

    nonisolated(nonsending) private func exchange(
        _ request: JSONRPCRequest, _ metadata: ExchangeMetadata, _ lane: ConnectionPools.Lane, _ receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        let isInitialize = request.method == "initialize"
        if let legacy = try openLegacy(for: request.method) {
            return try await LegacySSESink.$headers.withValue(metadata.headers) { try await legacy.exchange(request, metadata: metadata, receive: receive) }
        }
        let response: HTTPClientResponse
        var session = sessionID
        do { response = try await post(.request(request), metadata, session, on: lane) } catch TransportError.httpStatus(let status, let body, let error)
            where isInitialize && Self.statusesOfLegacyServers.contains(status)
        {
            let legacy = try await openLegacy(after: status, body, error)
            return try await LegacySSESink.$headers.withValue(metadata.headers) { try await legacy.exchange(request, metadata: metadata, receive: receive) }
        }
        if isInitialize {
            session = response.headers.first(name: "mcp-session-id")
            let gone = state.withLock { [session] state in
                state.sessionID = session
                defer { state.legacy = nil }
                return state.legacy
            }
            await gone?.close()
        }
        if response.isEventStream {
            let stream = AnswerStream(
                transport: self, id: request.id, metadata: metadata, session: session, lane: lane, isSubscription: request.method == "subscriptions/listen",
                receive: receive)
            return try await stream.response(from: response)
        }
        let body = try await response.collect(upTo: limits.maximumResponseBytes)
        for message in try Self.messages(in: body, unreadable: { throw TransportError.malformed($0) }) {
            if case .response(let answer) = message, answer.id == request.id || answer.id == nil { return answer }
            await receive(message)
        }
        // Handshake era: what becomes of a request whose session ends while it runs.
        if body.isEmpty { throw TransportError.closed("the server ended the exchange without a response") }
        throw TransportError.malformed("the body holds no response to request \(request.id)")
    }

    public func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws {
        if let legacy = try openLegacy(for: nil) {
            return try await LegacySSESink.$headers.withValue(metadata.headers) { try await legacy.send(message, metadata: metadata) }
        }
        let response = try await post(message, metadata, sessionID, on: .side)
        // Nothing is expected in it; read so that the connection can be used again.
        _ = try await response.collect(upTo: limits.maximumResponseBytes)
    }

    public func whenSessionEnds(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.sessionEnded = action } }

    public func abandon(_ error: TransportError) async { await legacy?.abandon(error) }

    public func handshakeCompleted(revision: ProtocolRevision) async throws {
        if legacy != nil { return }
        let stream = StandaloneStream(transport: self, revision: revision, session: sessionID)
        // Listens for as long as the transport is open; `close` ends it.
        let task = Task { await stream.run() }
        let (before, isClosed) = state.withLock { state in
            defer {
                state.standalone = task
                state.opening = stream.opening
                state.revision = revision
            }
            return (state.standalone, state.pools == nil)
        }
        before?.cancel()
        if isClosed { task.cancel() }
    }

    public func waitUntilListening() async {
        guard let opening = state.withLock(\.opening) else { return }
        await withTaskGroup { group in
            group.addTask { _ = try? await opening.wait() }
            // A server may begin to answer with its first event. It is waited for once.
            group.addTask { [limits] in if (try? await limits.clock.sleep(for: Self.openingPatience)) != nil { opening.end() } }
            await group.next()
            group.cancelAll()
        }
    }

    private static let openingPatience = Duration.seconds(2)

    public func close() async {
        let (pools, session, revision, standalone, legacy) = state.withLock { state in
            defer { state = State() }
            return (state.pools, state.sessionID, state.revision, state.standalone, state.legacy)
        }
        standalone?.cancel()
        turns.close()
        await legacy?.close()
        guard let pools else { return }
        // In a task of its own, so that a session is ended also when the caller's task has been cancelled.
        await Task {
            if let session {
                var request = HTTPClientRequest(url: url)
                request.method = .DELETE
                for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
                request.headers.replaceOrAdd(name: "mcp-session-id", value: session)
                if let revision { request.headers.replaceOrAdd(name: "mcp-protocol-version", value: revision.rawValue) }
                let target = HTTPRequestTarget(method: "DELETE", url: url)
                for header in (try? await authorizer?.headers(for: target, after: nil)) ?? [] {
                    request.headers.replaceOrAdd(name: header.name, value: header.value)
                }
                _ = try? await pools[.side].execute(request, timeout: .seconds(2))
            }
            await pools.shutdown()
        }.value
    }

    // MARK: HTTP+SSE (2024-11-05)

    /// What a server that knows only the older transport answers a POST of `initialize` with (2025-11-25, basic/transports, "Backwards
    /// Compatibility").
    private static let statusesOfLegacyServers: Set<Int> = [400, 404, 405]

    var legacy: StreamClientTransport? { state.withLock { $0.legacy } }

    /// The way to an older server, where there is one. `initialize` opens it anew, also where the old one still looks open: a stream that says nothing any more does.
    /// - Throws: `TransportError.sessionEnded` for everything else once it has ended: an event stream is what a session is here, and nothing has been sent.
    private func openLegacy(for method: String?) throws -> StreamClientTransport? {
        guard method != "initialize", let legacy else { return nil }
        guard legacy.isConnected else { throw TransportError.sessionEnded }
        return legacy
    }

    /// Opens the event stream of an older server.
    /// - Throws: The refusal of the POST where there is none, with the reason.
    private func openLegacy(after status: Int, _ body: String, _ refusal: JSONRPCError?) async throws -> StreamClientTransport {
        let legacy = StreamClientTransport(LegacySSEConnector(transport: self))
        do {
            try await legacy.start(receive: { [weak self] in await self?.deliver($0) }, report: { [weak self] in self?.report($0) })
        } catch let error as TransportError {
            // Where the server has said why in its own words, they say more than that it has no other transport either.
            let note = refusal == nil ? " (and its HTTP+SSE transport cannot be used: \(error))" : ""
            throw TransportError.httpStatus(status, body: body + note, error: refusal)
        }
        let gone = state.withLock { state in
            defer { state.legacy = legacy }
            return state.legacy
        }
        await gone?.close()
        // Unstructured: it ends with the event stream, which `close` ends.
        Task { [weak self, limits] in
            guard await legacy.waitUntilEnd() != nil else { return }
            // A server that ends each stream at once is not asked in a loop. A request that comes meanwhile does not wait for this.
            try await limits.clock.sleep(for: limits.defaultRetry)
            self?.legacyEnded(legacy)
        }
        return legacy
    }

    private func legacyEnded(_ legacy: StreamClientTransport) {
        // A newer one may have taken its place.
        let action = state.withLock { $0.legacy === legacy ? $0.sessionEnded : nil }
        action?()
    }

    nonisolated(nonsending) func postLegacy(_ request: HTTPClientRequest, headers: [(name: String, value: String)]) async throws {
        var request = request
        add(to: &request, revision: nil, nil)
        for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        _ = try await execute(request, on: .side).collect(upTo: limits.maximumResponseBytes)
    }

    // MARK: What the streams use

    func deliver(_ message: JSONRPCMessage) async { await state.withLock { $0.receive }?(message) }

    func report(_ diagnostic: ClientDiagnostic) { state.withLock { $0.report }?(diagnostic) }

    /// The server knows this session no more.
    func sessionEnded(_ id: String?) {
        // A newer session may have taken its place.
        let action = state.withLock { $0.sessionID == id ? $0.sessionEnded : nil }
        action?()
    }

    /// Waits until the session has served a request; not in a cancelled task.
    func nextSuccess() async {
        let (successes, success) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.success = success }
        for await _ in successes { break }
    }

    private func succeeded() {
        let success = state.withLock { state in
            defer { state.success = nil }
            return state.success
        }
        success?.yield()
    }

    /// Opens a stream, or takes one up again behind an event. The answer has to begin within the silence that is allowed to streams.
    /// - Parameters:
    ///   - revision: `nil` before one is agreed on.
    ///   - session: The one that the stream belongs to, also where there is a newer one by now: in that one the same event id means something else.
    ///   - headers: Of the call that the stream answers.
    func get(
        lastEventID: String?, _ revision: ProtocolRevision?, _ session: String?, on lane: ConnectionPools.Lane, headers: [(name: String, value: String)] = []
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        add(to: &request, revision: revision, session)
        for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        request.headers.replaceOrAdd(name: "accept", value: "text/event-stream")
        if let lastEventID { request.headers.replaceOrAdd(name: "last-event-id", value: lastEventID) }
        return try await execute(request, on: lane, within: limits.maximumSilence)
    }

    // MARK: Requests

    nonisolated(nonsending) private func post(
        _ message: JSONRPCMessage, _ metadata: ExchangeMetadata, _ session: String?, on lane: ConnectionPools.Lane
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "application/json, text/event-stream")
        let isInitialize = if case .request(let call) = message { call.method == "initialize" } else { false }
        // `initialize` negotiates the revision, and so cannot name it.
        add(to: &request, revision: isInitialize ? nil : metadata.revision, session)
        if metadata.revision.era == .perRequest {
            for (name, value) in RequestHeaders.all(of: message, metadata) { request.headers.replaceOrAdd(name: name, value: value) }
        }
        for header in metadata.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: message.serialized()))
        let response = try await execute(request, on: lane)
        if metadata.revision.era == .handshake, !isInitialize { succeeded() }
        return response
    }

    private func add(to request: inout HTTPClientRequest, revision: ProtocolRevision?, _ session: String?) {
        for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        if let revision { request.headers.replaceOrAdd(name: "mcp-protocol-version", value: revision.rawValue) }
        if revision?.era == .handshake, let session {
            request.headers.replaceOrAdd(name: "mcp-session-id", value: session)
        }
    }

    /// Sends a request, and sends it again as often as the authorizer finds something that may change a refusal.
    /// - Parameter limit: How long the beginning of an answer may take.
    nonisolated(nonsending) private func execute(_ request: HTTPClientRequest, on lane: ConnectionPools.Lane, within limit: Duration? = nil) async throws
        -> HTTPClientResponse
    {
        guard let authorizer else { return try await accepted(try await send(request, on: lane, within: limit), to: request) }
        let target = HTTPRequestTarget(method: request.method.rawValue, url: url)
        var sent = try await authorizer.headers(for: target, after: nil) ?? []
        for attempt in 1...Self.maximumAttempts {
            var authorized = request
            for header in sent { authorized.headers.replaceOrAdd(name: header.name, value: header.value) }
            let response = try await send(authorized, on: lane, within: limit)
            guard [401, 403].contains(response.status.code) else {
                if let nonce = response.headers.first(name: "dpop-nonce") { await authorizer.received(nonce: nonce) }
                return try await accepted(response, to: request)
            }
            // Read first: a sign-in may take minutes, and the connection is not to wait for it.
            let body = (try? await response.collect(upTo: 64 << 10)) ?? []
            let refusal = HTTPRefusal(
                attempt: attempt, status: Int(response.status.code), headers: response.headers.map { (name: $0.name, value: $0.value) }, sentHeaders: sent)
            guard let next = try await withRequestTimePaused({ try await authorizer.headers(for: target, after: refusal) }) else {
                throw Self.failure(response.status, body)
            }
            sent = next
        }
        throw TransportError.limit("the request was not authorized after \(Self.maximumAttempts) attempts")
    }

    /// An authorizer gives up by itself; this is for one that does not.
    private static let maximumAttempts = 8

    nonisolated(nonsending) private func send(_ request: HTTPClientRequest, on lane: ConnectionPools.Lane, within limit: Duration?) async throws
        -> HTTPClientResponse
    {
        guard let limit else { return try await send(request, on: lane) }
        return try await withThrowingTaskGroup(of: HTTPClientResponse.self) { group in
            group.addTask { try await self.send(request, on: lane) }
            group.addTask {
                try await self.limits.clock.sleep(for: limit)
                throw TransportError.unreachable("\(self.url): no answer within \(limit)")
            }
            defer { group.cancelAll() }
            guard let response = try await group.next() else { throw CancellationError() }
            return response
        }
    }

    nonisolated(nonsending) private func send(_ request: HTTPClientRequest, on lane: ConnectionPools.Lane) async throws -> HTTPClientResponse {
        while true {
            guard let pools = state.withLock({ $0.pools }) else { throw TransportError.closed("the transport has been closed") }
            do {
                return try await pools[lane].execute(request, deadline: .distantFuture)
            } catch let error as HTTPClientError where error == .getConnectionFromPoolTimeout {
                // It has not been sent: over HTTP/2 it waits behind as many as the server allows at once. It may, as long as whoever asks waits.
                try Task.checkCancellation()
            } catch let error as CancellationError {
                throw error
            } catch let error as HTTPClientError where error == .cancelled {
                throw CancellationError()
            } catch {
                throw TransportError.unreachable("\(url): \(error)")
            }
        }
    }

    nonisolated(nonsending) private func accepted(_ response: HTTPClientResponse, to request: HTTPClientRequest) async throws -> HTTPClientResponse {
        guard (200..<300).contains(response.status.code) else {
            if response.status == .notFound, request.headers.contains(name: "mcp-session-id") {
                _ = try? await response.collect(upTo: 64 << 10)
                throw TransportError.sessionEnded
            }
            throw Self.failure(response.status, (try? await response.collect(upTo: 64 << 10)) ?? [])
        }
        return response
    }

    private static func failure(_ status: HTTPResponseStatus, _ body: [UInt8]) -> TransportError {
        let error = (try? JSONValue(parsing: body))?["error"].flatMap { try? JSONRPCError(json: $0) }
        return .httpStatus(Int(status.code), body: String(decoding: body.prefix(512), as: UTF8.self), error: error)
    }
}

extension ClientTransport where Self == HTTPClientTransport {
    /// Streamable HTTP.
    /// - Parameters:
    ///   - url: The URL of the MCP endpoint.
    ///   - headers: Sent with every request, for example `Authorization`.
    ///   - authorizer: Signs in where the server demands it.
    public static func http(
        _ url: String, headers: [(name: String, value: String)] = [], authorizer: (any HTTPRequestAuthorizer)? = nil
    ) -> HTTPClientTransport {
        HTTPClientTransport(url: url, headers: headers, authorizer: authorizer)
    }
}
