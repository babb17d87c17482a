import MCPCore

/// The stations that a client passes on its way to a token, each with the checks that all scenarios have in common.
struct AuthorizationFlow: OptionSet, Sendable {
    let rawValue: Int

    /// The metadata of the MCP server and of the authorization server.
    static let discovery = Self(rawValue: 1)
    /// Dynamic client registration.
    static let registration = Self(rawValue: 2)
    /// The authorization request.
    static let visit = Self(rawValue: 4)
    /// A token for the code.
    static let code = Self(rawValue: 8)
    /// A token by whatever grant.
    static let token = Self(rawValue: 16)
    /// The use of the token.
    static let bearer = Self(rawValue: 32)

    /// All of it, for a client that registers by itself.
    static let codeFlow: Self = [.discovery, .registration, .visit, .code, .token, .bearer]

    var checks: [Check] {
        let all: [(Self, [Check])] = [
            (
                .discovery,
                [
                    Check("prm-pathbased-requested", "The client asks for the protected resource metadata, at a place where they may stand."),
                    Check("authorization-server-metadata", "The client asks for the metadata of the authorization server."),
                ]
            ),
            (
                .registration,
                [
                    Check("client-registration", "The client registers, and says what a registration has to say."),
                    Check("sep-837-application-type-present", "The registration says application_type: native or web.", in: .perRequest),
                ]
            ),
            (
                .visit,
                [
                    Check("authorization-request", "The client makes an authorization request that can be answered."),
                    Check("authorization-state", "Each authorization request should have a state of its own."),
                    Check("pkce-code-challenge-sent", "The authorization request has a code_challenge."),
                    Check("pkce-s256-method-used", "The code_challenge_method is S256."),
                ]
            ),
            (.token, [Check("token-request", "The client asks the token endpoint, and gets a token.")]),
            (
                .code,
                [
                    Check("pkce-code-verifier-sent", "The token request has a code_verifier."),
                    Check("pkce-verifier-matches-challenge", "The code_verifier is that of the code_challenge."),
                ]
            ),
            (.bearer, [Check("valid-bearer-token", "The client shows the token in the Authorization header, with every request after it got one.")]),
        ]
        return all.filter { contains($0.0) }.flatMap(\.1)
    }

    /// Reaches the checks of what was seen.
    func conclude(_ run: AuthorizationRun) {
        if contains(.discovery) { Self.concludeDiscovery(run) }
        if contains(.registration) { Self.concludeRegistration(run) }
        if contains(.visit) { Self.concludeVisits(run) }
        if contains(.token) { Self.concludeTokens(run) }
        if contains(.code) { Self.concludeCodes(run) }
        if contains(.bearer) { Self.concludeBearer(run) }
    }

    private static func concludeDiscovery(_ run: AuthorizationRun) {
        guard !run.client.messages.isEmpty else { return }
        let documents = run.documents
        run.check("prm-pathbased-requested", !documents.isEmpty, "401 must make the client ask for the protected resource metadata")
        guard !documents.isEmpty else { return }
        run.check(
            "authorization-server-metadata", !run.issuer.record.metadataPaths.isEmpty,
            "the client asked the MCP server for \(documents), and the authorization server for nothing")
    }

    private static func concludeRegistration(_ run: AuthorizationRun) {
        for registration in run.registrations {
            run.check("client-registration", registration.refusal == nil, "the registration was refused: \(registration.refusal ?? "")")
            guard run.client.revision.era == .perRequest else { continue }
            let type = registration.body["application_type"]
            run.check(
                "sep-837-application-type-present", type == "native" || type == "web",
                "the registration must say application_type, native or web; it said \(type?.serializedString ?? "nothing")")
        }
    }

    private static func concludeVisits(_ run: AuthorizationRun) {
        let visits = run.visits
        for visit in visits {
            run.check("authorization-request", visit.refusal == nil, "the authorization request was refused: \(visit.refusal ?? "")")
            run.check("pkce-code-challenge-sent", visit.query["code_challenge"]?.isEmpty == false, "the authorization request has no code_challenge")
            run.check(
                "pkce-s256-method-used", visit.query["code_challenge_method"] == "S256",
                "code_challenge_method must be S256, found \(visit.query["code_challenge_method"] ?? "none")")
        }
        guard !visits.isEmpty else { return }
        let states = visits.compactMap { $0.query["state"] }
        run.recommend(
            "authorization-state", states.count == visits.count && Set(states).count == states.count && !states.contains(""),
            "each authorization request should have a state of its own; the states were \(states)")
    }

    private static func concludeTokens(_ run: AuthorizationRun) {
        let requests = run.tokenRequests
        guard !requests.isEmpty else { return }
        run.check(
            "token-request", requests.contains { $0.refusal == nil },
            "no token was given: \(requests.map { "\($0.grant ?? "no grant_type"): \($0.refusal ?? "") (\($0.explanation ?? ""))" })")
    }

    private static func concludeCodes(_ run: AuthorizationRun) {
        for request in run.tokenRequests where request.grant == "authorization_code" {
            run.check("pkce-code-verifier-sent", request.form["code_verifier"] != nil, "the token request has no code_verifier")
            run.check(
                "pkce-verifier-matches-challenge", request.verifierMatches == true, "code_verifier is not that of the code_challenge, or the code is none")
        }
    }

    private static func concludeBearer(_ run: AuthorizationRun) {
        let id = "valid-bearer-token"
        var hasToken = false
        for message in run.client.messages {
            let path = message.head?.path ?? ""
            run.client.scenarioRun.refuse(id, path.contains("access_token="), "a token stood in the URL")
            guard let presented = PresentedToken(message) else {
                run.client.scenarioRun.refuse(id, hasToken, "\(message.method ?? "a response") came without a token, after there was one")
                continue
            }
            hasToken = true
            run.check(
                id, presented.scheme.lowercased() == "bearer" && run.access(presented.token) != nil,
                "\(message.method ?? "a response") came with \(presented.scheme) and what is no token of the authorization server")
        }
    }
}

extension ScenarioRun {
    /// Fails a check where something is as it must not be; reaches it in no other case.
    func refuse(_ id: String, _ isWrong: Bool, _ details: @autoclosure () -> String) {
        if isWrong { check(id, false, details()) }
    }
}
