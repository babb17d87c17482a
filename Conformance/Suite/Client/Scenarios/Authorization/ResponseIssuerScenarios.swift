import MCPCore

/// The `iss` of an authorization response (RFC 9207, SEP-2468).
enum ResponseIssuerScenarios {
    static let all: [Scenario<ClientSubject>] = [
        taken(
            "iss-supported", "iss is announced, and is right.", advertises: true, sends: .own,
            Check("sep-2468-client-compare-iss-supported", "A response with the right iss is taken.")),
        taken(
            "iss-not-advertised", "iss is not announced, and does not come.", advertises: nil, sends: .left,
            Check("sep-2468-client-proceed-no-iss", "A response without iss is taken where none was announced.")),
        refused(
            "iss-supported-missing", "iss is announced, and does not come.", advertises: true, sends: .left,
            Check("sep-2468-client-reject-missing-iss", "A response without the iss that was announced is refused.")),
        refused(
            "iss-wrong-issuer", "iss is announced, and is another.", advertises: true, sends: .other("https://evil.example.com"),
            Check("sep-2468-client-compare-iss-supported", "A response with another iss is refused.")),
        refused(
            "iss-unexpected", "iss is not announced, comes, and is another.", advertises: nil, sends: .other("https://evil.example.com"),
            Check("sep-2468-client-compare-iss-unadvertised", "A response with another iss is refused, announced or not.")),
        refused(
            "iss-normalized", "iss differs from the issuer by a / at its end.", advertises: true, sends: nil,
            Check("sep-2468-client-no-normalization", "iss is compared as text: what only means the same is refused.")),
    ]

    private static func taken(
        _ name: String, _ summary: String, advertises: Bool?, sends: AuthorizationServerFeatures.ResponseIssuer, _ check: Check
    ) -> Scenario<ClientSubject> {
        .authorization(
            name, summary, revisions: .perRequest, checks: [check],
            servers: { places in
                try places.one { features in
                    features.advertisesIssuer = advertises
                    features.responseIssuer = sends
                }
            },
            conclude: { run in
                guard run.visits.contains(where: { $0.refusal == nil }) else { return }
                run.check(check.id, !run.tokenRequests.isEmpty, "the response was right, and the client did not go on with it")
            })
    }

    /// - Parameter sends: What comes as `iss`; `nil` for the issuer with a `/` at its end.
    private static func refused(
        _ name: String, _ summary: String, advertises: Bool?, sends: AuthorizationServerFeatures.ResponseIssuer?, _ check: Check
    ) -> Scenario<ClientSubject> {
        .authorization(
            name, summary, revisions: .perRequest, flow: [.discovery, .registration, .visit], toleratesClientError: true, checks: [check],
            servers: { places in
                try places.one { features in
                    features.advertisesIssuer = advertises
                    features.responseIssuer = sends ?? .other(places.origins[0] + "/")
                }
            },
            conclude: { run in
                guard run.visits.contains(where: { $0.refusal == nil }) else { return }
                run.check(check.id, run.tokenRequests.isEmpty, "the iss of the response was not right, and the client used its code")
            })
    }
}
