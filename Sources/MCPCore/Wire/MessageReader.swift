/// Reads the messages of one connection and tells which era its requests belong to: what `JSONRPCInput` and `RequestClassifier` say, without doing again what a client
/// repeats with each request.
///
/// One for each connection, because it keeps what its client has said last, up to 4 KiB of `_meta`. Who the client is it does not know: that is up to the transport.
public struct MessageReader: Sendable {
    private let classifier: RequestClassifier
    private let limits: JSONLimits
    private var meta = RememberedMeta()
    /// The last peer of the per-request era, with the `_meta` that it was made of and of nothing else.
    private var known: (meta: JSONObject, peer: Peer)?

    public init(_ configuration: ServerConfiguration) {
        classifier = RequestClassifier(configuration: configuration)
        limits = configuration.jsonLimits
    }

    /// Reads one message or one batch, as `JSONRPCInput.init(parsing:limits:)` does with the server's limits.
    public mutating func read(_ bytes: UnsafeRawBufferPointer) -> JSONRPCInput {
        JSONRPCInput(parsing: bytes, limits: limits, remembering: &meta)
    }

    /// The verdict of `RequestClassifier.classify`.
    public mutating func classify(_ request: JSONRPCRequest) -> EraVerdict {
        guard case .object(let meta)? = request.params[RememberedMeta.name] else { return classifier.classify(request, meta: nil) }
        if let known, known.meta.isSame(as: meta) { return .perRequest(known.peer) }
        let verdict = classifier.classify(request, meta: meta)
        // Only what is remembered in any case: a `_meta` may be as long as a message.
        if case .perRequest(let peer) = verdict, self.meta.holds(meta) { known = (meta, peer) }
        return verdict
    }
}
