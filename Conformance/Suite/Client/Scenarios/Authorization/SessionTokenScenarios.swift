import MCPCore
import Synchronization

/// What the official suite does not ask of a client that signs in: that it knows its own responses, and renews its tokens as it should.
enum SessionTokenScenarios {
    static let all: [Scenario<ClientSubject>] = [stateMismatch, renewal]

    private static let stateMismatch = Scenario<ClientSubject>.authorization(
        "state-mismatch", "The authorization response has another state than the request; it is not used.", scoring: .additional,
        flow: [.discovery, .registration, .visit], toleratesClientError: true,
        checks: [Check("authorization-state-verified", "A response with a state that is not that of the request should be dropped.")],
        servers: { places in try places.one { $0.responseState = "the-state-of-somebody-else" } },
        conclude: { run in
            guard run.visits.contains(where: { $0.refusal == nil }) else { return }
            run.recommend("authorization-state-verified", run.tokenRequests.isEmpty, "the state of the response was another, and the client used its code")
        })

    private static let renewal = Scenario<ClientSubject>.authorization(
        "token-renewal", "Each token is good for one message, and comes with a refresh token that is good once.", scoring: .additional,
        checks: [
            Check("token-renewal-goes-on", "A token that is good no longer makes the client get another one, and send the message again."),
            Check("token-renewal-rotates", "Where refresh tokens are used, each is used once (OAuth 2.1, section 4.3.1)."),
            Check("token-renewal-resource", "The renewal has the resource of the token."),
        ],
        servers: { places in try places.one { $0.alwaysRefreshes = true } },
        resource: { server in
            let run = server.run
            let used = Mutex<Set<String>>([])
            server.judge = { _, presented in
                guard let presented, run.access(presented.token) != nil else { return nil }
                let isNew = used.withLock { $0.insert(presented.token).inserted }
                return isNew ? .admitted : .refused(status: 401, challenge: ["error": "invalid_token"])
            }
            // In pages, so that several messages come one after the other.
            server.server.first = { message, server in
                guard message.method == "tools/list" else { return nil }
                let page = message.params["cursor"]?.string.flatMap { Int($0) } ?? 1
                var result: JSONObject = ["tools": .array(page == 1 ? server.tools : [])]
                if page < 3 { result["nextCursor"] = .string("\(page + 1)") }
                return server.result(result, to: message)
            }
        },
        conclude: { run in
            let tokens = run.client.calls(of: "test-tool").compactMap { PresentedToken($0)?.token }
            guard !tokens.isEmpty else { return }
            run.check(
                "token-renewal-goes-on", Set(tokens).count == 2, "the call must come twice, the second time with a new token; it came with \(tokens.count)")
            let renewals = run.tokenRequests.filter { $0.grant == "refresh_token" }
            guard !renewals.isEmpty else {
                for id in ["token-renewal-rotates", "token-renewal-resource"] {
                    run.client.scenarioRun.skip(id, "The client uses no refresh tokens, and need not.")
                }
                return
            }
            for renewal in renewals {
                run.check("token-renewal-rotates", renewal.refusal == nil, "a renewal was refused: \(renewal.explanation ?? "")")
                run.check("token-renewal-resource", renewal.form["resource"] != nil, "the renewal has no resource")
            }
        })
}
