import HTTPTypes
import MCPCore

/// Answers the requests to an MCP endpoint (Streamable HTTP), in both eras on one path. It knows no HTTP framework: a listener hands it
/// requests and sends what it answers.
public final class StreamableHTTPHandler: Sendable {
    let server: Server
    let configuration: HTTPHandlerConfiguration
    let sessions: SessionRegistry
    let slowAnswers: SlowAnswerAlarm
    private let classifier: RequestClassifier
    private let requestStates: any RequestStateStore
    private let guardRules: RequestGuard

    public init(server: Server, configuration: HTTPHandlerConfiguration = .init()) {
        self.server = server
        self.configuration = configuration
        let environment = server.configuration.environment
        sessions = SessionRegistry(limit: configuration.maximumSessions, lifetime: configuration.sessionLifetime, environment: environment)
        slowAnswers = SlowAnswerAlarm(after: configuration.streamAfter)
        classifier = RequestClassifier(configuration: server.configuration)
        requestStates = configuration.requestStates ?? SealedRequestStateStore(keys: [.random()], environment: environment)
        guardRules = RequestGuard(allowedHosts: configuration.allowedHosts, allowedOrigins: configuration.allowedOrigins)
    }

    /// Ends all sessions and subscriptions.
    public func shutdown() {
        server.endSubscriptions()
        sessions.removeAll()
    }

    /// Answers one HTTP request. Cancelling the task, or the stream of the answer, says that the client is gone.
    /// - Parameters:
    ///   - head: Method and header fields.
    ///   - body: The whole body; `nil` where it is longer than `maximumBodyBytes`.
    ///   - principal: Who the client is, as authorization has established it.
    public func answer(_ head: HTTPRequest, body: [UInt8]?, principal: Principal? = nil) async -> HTTPAnswer {
        let host = head.authority ?? head.headerFields[Self.host]
        if let reason = guardRules.refusal(host: host, origin: head.headerFields[.origin]) { return .refused(.forbidden, reason) }
        switch head.method {
        case .post: return await post(head.headerFields, body, principal)
        case .get: return get(head.headerFields, principal)
        case .delete: return delete(head.headerFields, principal)
        default:
            return .refused(
                .methodNotAllowed, "Use POST to send a message, GET to open a stream, DELETE to end a session",
                headers: [.allow: "POST, GET, DELETE"])
        }
    }

    // `Host` is `authority` in swift-http-types; a listener may give it either way.
    private static let host = HTTPField.Name("Host")!

    private func post(_ headers: HTTPFields, _ body: [UInt8]?, _ principal: Principal?) async -> HTTPAnswer {
        guard MediaTypes.isJSON(headers[.contentType]) else {
            return .refused(.unsupportedMediaType, "Send JSON, with Content-Type: application/json")
        }
        guard MediaTypes.accepts(headers[.accept], "application/json"), MediaTypes.accepts(headers[.accept], "text/event-stream") else {
            return .refused(.notAcceptable, "Send Accept: application/json, text/event-stream; the server answers with either")
        }
        guard let body else {
            return .refused(.contentTooLarge, "The body is longer than \(configuration.maximumBodyBytes) bytes")
        }
        switch body.withUnsafeBytes({ JSONRPCInput(parsing: $0, limits: server.configuration.jsonLimits) }) {
        case .invalid(let response): return .json(response, status: .badRequest)
        case .batch(let inputs): return await HandshakeExchange(handler: self, headers: headers, principal: principal).answer(batch: inputs)
        case .message(.request(let request)): return await answer(request, headers, principal)
        case .message(let message): return HandshakeExchange(handler: self, headers: headers, principal: principal).accept(message)
        }
    }

    private func answer(_ request: JSONRPCRequest, _ headers: HTTPFields, _ principal: Principal?) async -> HTTPAnswer {
        let rules = RequestHeaderRules(headers: headers, request: request)
        if let claimed = request.params["_meta"]?[MetaKey.protocolVersion]?.string, let mismatch = rules.versionMismatch(body: claimed) {
            return .json(JSONRPCResponse(id: request.id, mismatch), status: .badRequest)
        }
        switch classifier.classify(request) {
        case .refused(let error): return .json(JSONRPCResponse(id: request.id, error), status: .badRequest)
        case .handshake:
            if Self.namesPerRequestRevision(headers) {
                return .refused(.badRequest, Self.missingMeta, code: .invalidParams, id: request.id)
            }
            return await HandshakeExchange(handler: self, headers: headers, principal: principal).answer(request)
        case .perRequest(var peer):
            let tool = request.method == "tools/call" ? request.params["name"]?.string : nil
            let parameters = tool.map(server.tools.parameterHeaders(of:)) ?? []
            if let mismatch = rules.mismatch(parameters: parameters) { return .json(JSONRPCResponse(id: request.id, mismatch), status: .badRequest) }
            peer.principal = principal
            peer.requestStates = requestStates
            return await PerRequestExchange(kernel: server.kernel, keepAlive: configuration.keepAliveInterval, slowAnswers: slowAnswers)
                .answer(request, peer: peer)
        }
    }

    /// Whether the version header names a revision whose requests carry it in `_meta` too, and which has no sessions.
    static func namesPerRequestRevision(_ headers: HTTPFields) -> Bool {
        headers[.mcpProtocolVersion].flatMap(ProtocolRevision.init(rawValue:))?.era == .perRequest
    }

    private static let missingMeta =
        "Invalid params: a request of this MCP-Protocol-Version carries "
        + "`\(MetaKey.protocolVersion)` and `\(MetaKey.clientCapabilities)` in `_meta`"

    private func get(_ headers: HTTPFields, _ principal: Principal?) -> HTTPAnswer {
        guard MediaTypes.accepts(headers[.accept], "text/event-stream") else {
            return .refused(.notAcceptable, "Send Accept: text/event-stream to open a stream")
        }
        return HandshakeExchange(handler: self, headers: headers, principal: principal).openStream()
    }

    private func delete(_ headers: HTTPFields, _ principal: Principal?) -> HTTPAnswer {
        HandshakeExchange(handler: self, headers: headers, principal: principal).endSession()
    }
}

/// Reads `Content-Type` and `Accept` (RFC 9110 sections 8.3 and 12.5.1).
enum MediaTypes {
    static func isJSON(_ header: String?) -> Bool {
        header.map { type(of: $0[...]) } == "application/json"
    }

    /// Whether a media type is acceptable; no `Accept` accepts nothing here, because the specification demands both types by name.
    static func accepts(_ header: String?, _ wanted: String) -> Bool {
        let ranges = (header ?? "").split(separator: ",").map(type(of:))
        let group = wanted.prefix { $0 != "/" } + "/*"
        return ranges.contains { $0 == wanted || $0 == group || $0 == "*/*" }
    }

    private static func type(of range: Substring) -> String {
        String(range.prefix { $0 != ";" }).trimmingBlanks().lowercased()
    }
}
