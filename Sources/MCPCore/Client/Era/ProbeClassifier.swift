/// What came of the probe (`server/discover`).
enum ProbeOutcome: Sendable {
    case result(JSONObject)
    case error(JSONRPCError)
    /// No response in time.
    case timeout
    case transport(TransportError)
}

extension ProbeOutcome {
    /// What a server supports that has refused the revision (`UnsupportedProtocolVersionError`), as far as it says so; `nil` for other outcomes.
    var supported: [String]? {
        let error: JSONRPCError? =
            switch self {
            case .error(let error), .transport(.httpStatus(_, _, let error?)): error
            case .result, .timeout, .transport: nil
            }
        guard let error, error.code == .unsupportedProtocolVersion else { return nil }
        return error.data?["supported"]?.array?.compactMap(\.string) ?? []
    }
}

/// What is to be done after the probe.
enum ProbeVerdict: Sendable {
    /// The server speaks the per-request era in that revision, and this is what it said.
    case perRequest(ServerAgreement)
    /// The server speaks the per-request era in this revision: ask again in it. It is the one that was offered where a server names what it has
    /// just refused, as one replica does for another while they are being replaced.
    case retry(ProtocolRevision)
    /// The server gets `initialize`.
    case handshake(reason: String)
    /// The server has gone: it is started again and gets `initialize`.
    case restartAndHandshake(reason: String)
    /// No evidence for the handshake era: the client does not fall back.
    case failed(ClientError)
}

/// Reads the outcome of a probe. It is a table, without state.
///
/// stdio: 2026-07-28, basic/transports/stdio, "Backward Compatibility"; HTTP: the section of that name in basic/transports/streamable-http.
enum ProbeClassifier {
    /// - Parameter mayRepeat: Whether the offered revision may be offered once more, to a server that refuses it and names it as supported.
    static func classify(_ outcome: ProbeOutcome, binding: TransportBinding, offered: ProtocolRevision, mayRepeat: Bool) -> ProbeVerdict {
        switch outcome {
        case .result(let result): discovered(result)
        case .error(let error): refused(error, except: mayRepeat ? nil : offered)
        case .timeout:
            switch binding {
            case .stream: .handshake(reason: "it did not answer server/discover in time")
            // A silent HTTP server is a matter of the network; one of the handshake era answers what it does not know.
            case .http: .failed(.probeFailed(TransportError.unreachable("it did not answer server/discover in time")))
            }
        case .transport(let error): unanswered(error, binding: binding, except: mayRepeat ? nil : offered)
        }
    }

    private static func discovered(_ result: JSONObject) -> ProbeVerdict {
        guard let versions = versions(result["supportedVersions"]) else {
            return .handshake(reason: "its answer to server/discover names no versions")
        }
        switch choose(from: versions) {
        case .some(let revision) where revision.era == .perRequest:
            return .perRequest(ServerAgreement(discoverResult: result, revision: revision))
        case .some: return .handshake(reason: "it supports only \(versions.joined(separator: ", "))")
        case nil: return .failed(.noCommonRevision(offered: ProtocolRevision.allCases, supported: versions))
        }
    }

    private static func refused(_ error: JSONRPCError, except offered: ProtocolRevision?) -> ProbeVerdict {
        switch error.code {
        case .unsupportedProtocolVersion:
            guard let versions = versions(error.data?["supported"]) else { return .handshake(reason: "it answered server/discover with \(error)") }
            switch choose(from: versions.filter { $0 != offered?.rawValue }) {
            case .some(let revision) where revision.era == .perRequest: return .retry(revision)
            case .some: return .handshake(reason: "it supports only \(versions.joined(separator: ", "))")
            case nil: return .failed(.noCommonRevision(offered: ProtocolRevision.allCases, supported: versions))
            }
        case .headerMismatch, .missingRequiredClientCapability: return .failed(.probeFailed(error))
        default: return .handshake(reason: "it answered server/discover with \(error)")
        }
    }

    private static func unanswered(_ error: TransportError, binding: TransportBinding, except offered: ProtocolRevision?) -> ProbeVerdict {
        switch (error, binding) {
        case (.closed, .stream): return .restartAndHandshake(reason: "it ended on server/discover: \(error)")
        case (.httpStatus(let status, _, let body), .http):
            // What a proxy or an authorization server in front says is no evidence of the era of the server behind.
            if [401, 403, 407, 408, 429].contains(status) || !(400..<500).contains(status) { return .failed(.probeFailed(error)) }
            if let body { return refused(body, except: offered) }
            return .handshake(reason: "it answered server/discover with HTTP status \(status)")
        default: return .failed(.probeFailed(error))
        }
    }

    private static func versions(_ value: JSONValue?) -> [String]? { value?.array?.compactMap(\.string) }

    /// The newest revision that both know, of the per-request era where there is one.
    private static func choose(from versions: [String]) -> ProtocolRevision? {
        versions.compactMap(ProtocolRevision.init(rawValue:)).max()
    }
}
