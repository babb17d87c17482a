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
    /// Asks a language model. A person should see what is asked and what comes back (2025-11-25, client/sampling), and may refuse it: then it throws
    /// `SamplingRefused`. Deprecated since 2026-07-28.
    public var sample: Sample?
    /// Whether `sample` can give the model tools.
    public var samplesWithTools: Bool
    /// Whether `sample` can add the context of servers that a request names (`includeContext`); otherwise it is not told of it.
    public var samplesWithContext: Bool
    /// Gives the directories that the server may work in, as `file:` URIs. Deprecated since 2026-07-28.
    public var roots: Roots?

    public typealias Sample = @Sendable (SamplingRequest) async throws -> SamplingResult
    public typealias Roots = @Sendable () async throws -> [Root]

    public init(
        elicit: Elicit? = nil, elicitsURLs: Bool = false, sample: Sample? = nil, samplesWithTools: Bool = false,
        samplesWithContext: Bool = false, roots: Roots? = nil
    ) {
        self.elicit = elicit
        self.elicitsURLs = elicitsURLs
        self.sample = sample
        self.samplesWithTools = samplesWithTools
        self.samplesWithContext = samplesWithContext
        self.roots = roots
    }

    var capabilities: ClientCapabilities {
        ClientCapabilities(
            elicitation: elicit == nil ? nil : .init(form: true, url: elicitsURLs),
            sampling: sample == nil ? nil : .init(tools: samplesWithTools, context: samplesWithContext),
            roots: roots == nil ? nil : .init(listChanged: true))
    }

    /// Answers one request of a server.
    /// - Throws: `ClientError.cannotAnswer` where no handler serves it; `JSONDecodingError` for params that do not fit; what the handler throws.
    func answer(_ method: String, _ params: JSONObject) async throws -> JSONObject {
        switch method {
        case "elicitation/create":
            guard let elicit else { throw ClientError.cannotAnswer(method: method) }
            let request = try ElicitationRequest(params: params)
            if case .url = request.mode, !elicitsURLs {
                throw ClientError.invalidQuestion(method: method, reason: "this client has not declared the mode `url`")
            }
            let result = try await elicit(request)
            try result.check(against: request)
            return try JSONObject(json: result.json(for: request))
        case "sampling/createMessage":
            guard let sample else { throw ClientError.cannotAnswer(method: method) }
            var request = try SamplingRequest(json: .object(params))
            if !request.tools.isEmpty || request.toolChoice != nil, !samplesWithTools { throw ClientError.cannotAnswer(method: "\(method) with tools") }
            if let fault = SamplingRules.fault(in: request.messages) { throw ClientError.invalidQuestion(method: method, reason: fault) }
            // The client decides what context it adds; a handler that adds none need not look (client/sampling, "Capabilities").
            if !samplesWithContext { request.includeContext = nil }
            return try await sample(request).members
        case "roots/list":
            guard let roots else { throw ClientError.cannotAnswer(method: method) }
            let given = try await roots()
            if let other = given.first(where: { !$0.isFile }) { throw ClientError.invalidRoot(uri: other.uri) }
            return ["roots": given.json]
        default: throw ClientError.cannotAnswer(method: method)
        }
    }
}

extension ElicitationResult {
    /// - Throws: `ClientError.invalidElicitationContent` for content that does not fit the form: the server is not sent what it did not ask for.
    fileprivate func check(against request: ElicitationRequest) throws {
        guard case .accept(let content) = self, case .form(let schema) = request.mode, let validator = try? SchemaValidator(compiling: .object(schema)) else {
            return
        }
        let violations = validator.validate(.object(content))
        if !violations.isEmpty { throw ClientError.invalidElicitationContent(violations) }
    }

    /// An accepted form always has content, even when it is empty; a page has none.
    fileprivate func json(for request: ElicitationRequest) -> JSONValue {
        guard case .accept(let content) = self else { return json }
        return if case .form = request.mode { ["action": "accept", "content": .object(content)] } else { ["action": "accept"] }
    }
}
