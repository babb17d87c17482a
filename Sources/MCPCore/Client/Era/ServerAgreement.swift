/// What client and server have agreed on, and what the server said of itself meanwhile.
public struct ServerAgreement: Sendable, Hashable {
    public var revision: ProtocolRevision
    /// For display and logs, never for decisions.
    public var serverInfo: Implementation?
    public var capabilities: ServerCapabilities
    /// How to use the server, for the model.
    public var instructions: String?
}

extension ServerAgreement {
    /// Reads the result of `initialize`.
    /// - Throws: `ClientError.noCommonRevision` for a revision that is none of the handshake era.
    init(initializeResult result: JSONObject) throws {
        let version: String = try result.decode("protocolVersion")
        guard let revision = ProtocolRevision(rawValue: version), revision.era == .handshake else {
            throw ClientError.noCommonRevision(offered: ProtocolRevision.allCases.filter { $0.era == .handshake }, supported: [version])
        }
        self.init(
            revision: revision, serverInfo: try result.decodeIfPresent("serverInfo"),
            capabilities: try result.decodeIfPresent("capabilities") ?? ServerCapabilities(),
            instructions: try result.decodeIfPresent("instructions"))
    }

    /// Reads a `DiscoverResult`. What a server says of itself beside its versions never stands in the way.
    init(discoverResult result: JSONObject, revision: ProtocolRevision) {
        self.init(
            revision: revision,
            serverInfo: result["_meta"]?[MetaKey.serverInfo].flatMap { try? Implementation(json: $0) },
            capabilities: result["capabilities"].flatMap { try? ServerCapabilities(json: $0) } ?? ServerCapabilities(),
            instructions: result["instructions"]?.string)
    }
}
