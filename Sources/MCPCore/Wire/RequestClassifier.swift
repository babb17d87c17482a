/// Which era a request belongs to.
public enum EraVerdict: Sendable {
    /// It carries its own revision: it is served statelessly, for this peer.
    case perRequest(Peer)
    /// It belongs to a session, or opens one.
    case handshake
    /// It can be served in no era.
    case refused(JSONRPCError)
}

/// Tells from a request which era it belongs to. A pure function: the same request always has the same verdict.
public struct RequestClassifier: Sendable {
    private let supported: [ProtocolRevision]
    private let servesHandshake: Bool
    /// What a client is told of. A server of sessions alone names their revisions, so that the client opens one.
    private let told: String
    private let toldVersions: JSONValue

    public init(configuration: ServerConfiguration) {
        supported = configuration.revisions(of: .perRequest)
        let handshake = configuration.revisions(of: .handshake)
        servesHandshake = !handshake.isEmpty
        let names = (supported.isEmpty ? handshake : supported).map(\.rawValue)
        told = names.joined(separator: ", ")
        toldVersions = names.json
    }

    /// Methods that no handshake revision has: without `_meta` they are malformed, not of a session.
    private static func isPerRequestOnly(_ method: String) -> Bool {
        method.hasSameBytes(as: "server/discover") || method.hasSameBytes(as: SubscriptionsFeature.method)
    }

    public func classify(_ request: JSONRPCRequest) -> EraVerdict {
        classify(request, meta: request.params["_meta"]?.object)
    }

    /// - Parameter meta: The `_meta` of the request; `nil` where there is none, or no object.
    func classify(_ request: JSONRPCRequest, meta: JSONObject?) -> EraVerdict {
        guard let meta, let revision = meta[MetaKey.protocolVersion] else {
            if Self.isPerRequestOnly(request.method) || !servesHandshake {
                return .refused(missing(MetaKey.protocolVersion, in: request))
            }
            return .handshake
        }
        guard case .string(let requested) = revision else {
            return .refused(malformed(MetaKey.protocolVersion, "expected string, found \(revision.typeName)"))
        }
        guard let known = supported.first(where: { $0.rawValue.hasSameBytes(as: requested) }) else {
            return .refused(unsupported(requested))
        }
        guard let capabilities = meta[MetaKey.clientCapabilities] else { return .refused(missing(MetaKey.clientCapabilities, in: request)) }
        do {
            return .perRequest(
                Peer(
                    revision: known,
                    clientInfo: try JSONDecodingError.at(.key(MetaKey.clientInfo)) {
                        try meta[MetaKey.clientInfo].map(Implementation.init(json:))
                    },
                    capabilities: try JSONDecodingError.at(.key(MetaKey.clientCapabilities)) { try ClientCapabilities(json: capabilities) },
                    logLevel: try JSONDecodingError.at(.key(MetaKey.logLevel)) { try meta[MetaKey.logLevel].map(LoggingLevel.init(json:)) })
            )
        } catch {
            return .refused(JSONRPCError(.invalidParams, "Invalid params: /params/_meta\(error)"))
        }
    }

    /// Whether a revision of that name is served whose requests carry it.
    public func serves(perRequest name: String) -> Bool { supported.contains { $0.rawValue == name } }

    /// The error for a revision that is not served, with those that are.
    public func unsupported(_ requested: String) -> JSONRPCError {
        JSONRPCError(
            .unsupportedProtocolVersion, "Unsupported protocol version",
            data: ["supported": toldVersions, "requested": .string(requested.abbreviated)])
    }

    private func missing(_ key: String, in request: JSONRPCRequest) -> JSONRPCError {
        let hint = servesHandshake ? ", or open a session with `initialize`" : ""
        return JSONRPCError(
            .invalidParams,
            "Invalid params: \(request.method.abbreviated) needs `\(key)` in `_meta`\(hint). Supported protocol versions: \(told)")
    }

    private func malformed(_ key: String, _ reason: String) -> JSONRPCError {
        JSONRPCError(.invalidParams, "Invalid params: `\(key)` in `_meta`: \(reason)")
    }
}
