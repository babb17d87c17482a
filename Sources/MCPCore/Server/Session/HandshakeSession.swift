/// The server's side of a session that `initialize` opens: a value that takes messages and says what to do. It does no I/O.
public struct HandshakeSession: Sendable {
    /// What to do about a message.
    public enum Action: Sendable {
        case respond(JSONRPCResponse)
        /// The session has been opened; the response goes to the client.
        case opened(JSONRPCResponse)
        /// Hand the request to the kernel, for this peer.
        case serve(JSONRPCRequest, Peer)
        /// The client is ready (`notifications/initialized`): from now on it may be asked.
        case ready
        /// Cancel the request of that id, if it is under way in this session. The reason is the client's, cut to a length that is fit for a log.
        case cancel(RequestID, reason: String?)
        /// Hand the response to whoever asked the client.
        case deliver(JSONRPCResponse)
        /// Hand the notification to the kernel, for this peer.
        case take(JSONRPCNotification, Peer)
        /// Nothing is to be done; why, for whoever keeps a log.
        case ignore(String)
    }

    /// What the client has said of itself.
    public struct Client: Sendable {
        public var revision: ProtocolRevision
        public var info: Implementation
        public var capabilities: ClientCapabilities
        /// The least severe log message that it wants (`logging/setLevel`).
        public var logLevel: LoggingLevel
    }

    /// The client, once the session is open: once `initialize` has been answered.
    public private(set) var client: Client? { didSet { peer = client.map(peer(of:)) } }
    /// What the client has said, as its requests carry it: made once for all of them.
    private var peer: Peer?
    private let kernel: ServerKernel

    public init(kernel: ServerKernel) { self.kernel = kernel }

    public mutating func receive(_ message: JSONRPCMessage) -> Action {
        switch message {
        case .request(let request): receive(request)
        case .notification(let notification): receive(notification)
        case .response(let response):
            client == nil ? .ignore("a response outside a session") : .deliver(response)
        }
    }

    private mutating func receive(_ request: JSONRPCRequest) -> Action {
        let method = request.method
        guard let peer else {
            if method.hasSameBytes(as: "initialize") { return initialize(request) }
            // The one request that may come before the handshake.
            if method.hasSameBytes(as: "ping") { return .respond(JSONRPCResponse(id: request.id, [:])) }
            let reason =
                "Invalid params: no session is open. Send `initialize` first, or carry `\(MetaKey.protocolVersion)` and `\(MetaKey.clientCapabilities)` in `_meta` on each request"
            return .respond(JSONRPCResponse(id: request.id, JSONRPCError(.invalidParams, reason)))
        }
        if method.hasSameBytes(as: "initialize") {
            return .respond(JSONRPCResponse(id: request.id, JSONRPCError(.invalidRequest, "This session has been initialized already")))
        }
        if method.hasSameBytes(as: "logging/setLevel"), kernel.configuration.offersLogging { return setLogLevel(request) }
        return .serve(request, peer)
    }

    private func peer(of client: Client) -> Peer {
        Peer(
            revision: client.revision, clientInfo: client.info, capabilities: client.capabilities,
            logLevel: kernel.configuration.offersLogging ? client.logLevel : nil)
    }

    private mutating func setLogLevel(_ request: JSONRPCRequest) -> Action {
        guard var client else { return .ignore("logging/setLevel outside a session") }
        do { client.logLevel = try request.params.decode("level") } catch {
            return .respond(JSONRPCResponse(id: request.id, JSONRPCError(.invalidParams, "Invalid params: \(error)")))
        }
        self.client = client
        return .respond(JSONRPCResponse(id: request.id, [:]))
    }

    private func receive(_ notification: JSONRPCNotification) -> Action {
        switch notification.method {
        case "notifications/cancelled":
            guard let id = notification.params["requestId"].flatMap({ try? RequestID(json: $0) }) else {
                return .ignore("notifications/cancelled without a requestId")
            }
            return .cancel(id, reason: notification.params["reason"]?.string?.abbreviated)
        case "notifications/initialized": return client == nil ? .ignore("notifications/initialized outside a session") : .ready
        default:
            if let peer, kernel.extensions.takes(notification, from: peer) { return .take(notification, peer) }
            return .ignore("notification \(notification.method.abbreviated)")
        }
    }

    private mutating func initialize(_ request: JSONRPCRequest) -> Action {
        var client: Client
        do {
            let revision = negotiate(try request.params.decode("protocolVersion"))
            client = Client(
                revision: revision,
                info: try request.params.decode("clientInfo"),
                capabilities: try request.params.decode("capabilities", as: ClientCapabilities.self).known(in: revision),
                // Until the client says what it wants, the server decides (2025-11-25, server/utilities/logging).
                logLevel: .info)
        } catch {
            return .respond(JSONRPCResponse(id: request.id, JSONRPCError(.invalidParams, "Invalid params: \(error)")))
        }
        let limit = kernel.configuration.maximumClientBytes
        if client.byteCount > limit { client.info = client.info.withoutShow }
        guard client.byteCount <= limit else {
            let reason = "Invalid params: capabilities and clientInfo have \(client.byteCount) bytes, more than the \(limit) that the server keeps of a client"
            return .respond(JSONRPCResponse(id: request.id, JSONRPCError(.invalidParams, reason)))
        }
        self.client = client
        var result: JSONObject = [
            "protocolVersion": .string(client.revision.rawValue),
            "capabilities": kernel.capabilities(in: client.revision).json,
            "serverInfo": kernel.info.downgraded(to: client.revision).json,
        ]
        result.set("instructions", kernel.instructions)
        return .opened(JSONRPCResponse(id: request.id, result))
    }

    /// The client's revision where it is served, and the newest of this era where it is not: the client decides whether to go on.
    private func negotiate(_ requested: String) -> ProtocolRevision {
        let served = kernel.configuration.revisions(of: .handshake)
        if let revision = ProtocolRevision(rawValue: requested), served.contains(revision) { return revision }
        return served.first ?? .latestHandshake
    }
}

extension HandshakeSession.Client {
    /// Of what is kept for as long as the session lives.
    fileprivate var byteCount: Int { info.json.serialized().count + capabilities.json.serialized().count }
}

extension Implementation {
    /// The members that programs and logs need.
    fileprivate var withoutShow: Implementation { Implementation(name: name, version: version, title: title) }

    /// The members that a revision knows.
    func downgraded(to revision: ProtocolRevision) -> Implementation {
        var info = self
        if revision < .v2025_06_18 { info.title = nil }
        if revision < .v2025_11_25 {
            info.description = nil
            info.websiteURL = nil
            info.icons = []
        }
        return info
    }
}
