/// What a client answers when a server asks something. The client declares the capabilities of the handlers that exist.
///
/// The same handlers serve `input_required` results (per-request era) and live requests (handshake era). They may run concurrently. What a
/// handler throws fails the call that asked; a live request gets it as an error.
public struct ClientInputHandlers: Sendable {
    public typealias Elicit = @Sendable (ElicitationRequest) async throws -> ElicitationResult

    /// Asks the user.
    public var elicit: Elicit?
    /// Whether `elicit` can also ask the user to open a page.
    public var elicitsURLs: Bool
    /// Asks a language model: params of `sampling/createMessage` to its result.
    public var sample: (@Sendable (JSONObject) async throws -> JSONObject)?
    /// Gives the result of `roots/list`.
    public var roots: (@Sendable () async throws -> JSONObject)?

    public init(
        elicit: Elicit? = nil, elicitsURLs: Bool = false, sample: (@Sendable (JSONObject) async throws -> JSONObject)? = nil,
        roots: (@Sendable () async throws -> JSONObject)? = nil
    ) {
        self.elicit = elicit
        self.elicitsURLs = elicitsURLs
        self.sample = sample
        self.roots = roots
    }

    var capabilities: ClientCapabilities {
        ClientCapabilities(
            elicitation: elicit == nil ? nil : .init(form: true, url: elicitsURLs), sampling: sample == nil ? nil : .init(),
            roots: roots == nil ? nil : .init())
    }

    /// Answers one request of a server.
    /// - Throws: `ClientError.cannotAnswer` where no handler serves it; `JSONDecodingError` for params that do not fit; what the handler throws.
    func answer(_ method: String, _ params: JSONObject) async throws -> JSONObject {
        switch method {
        case "elicitation/create":
            guard let elicit else { throw ClientError.cannotAnswer(method: method) }
            let request = try ElicitationRequest(params: params)
            if case .url = request.mode, !elicitsURLs { throw ClientError.cannotAnswer(method: "\(method) in URL mode") }
            return try JSONObject(json: try await elicit(request).json(for: request))
        case "sampling/createMessage":
            guard let sample else { throw ClientError.cannotAnswer(method: method) }
            return try await sample(params)
        case "roots/list":
            guard let roots else { throw ClientError.cannotAnswer(method: method) }
            return try await roots()
        default: throw ClientError.cannotAnswer(method: method)
        }
    }
}

extension ElicitationResult {
    /// An accepted form always has content, even when it is empty; a page has none.
    fileprivate func json(for request: ElicitationRequest) -> JSONValue {
        guard case .accept(let content) = self else { return json }
        return if case .form = request.mode { ["action": "accept", "content": .object(content)] } else { ["action": "accept"] }
    }
}
