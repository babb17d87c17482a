import MCPCore
import Synchronization

/// Tokens that are bound to a key of the client (RFC 9449, SEP-1932).
enum PossessionScenarios {
    static let all: [Scenario<ClientSubject>] = [
        scenario("dpop", "Tokens are bound to a key of the client, which it proves to have with every request.", wantsNonces: false),
        scenario("dpop-nonce", "The same, and both servers want nonces of theirs in the proofs.", wantsNonces: true),
    ]

    private static let proofs = [
        Check("sep-1932-client-token-request-proof", "The token request has a proof that holds (RFC 9449 section 5)."),
        Check("sep-1932-client-dpop-auth-scheme", "The token is shown with the scheme DPoP (section 7.1)."),
        Check("sep-1932-client-fresh-proof", "Every request has a proof of its own that holds (section 4.3)."),
    ]
    private static let nonces = [
        Check("sep-1932-client-as-nonce", "use_dpop_nonce of the token endpoint makes the client ask again, with the nonce (section 8)."),
        Check("sep-1932-client-rs-nonce", "use_dpop_nonce of the server makes the client ask again, with the nonce (section 9)."),
    ]

    private static func scenario(_ name: String, _ summary: String, wantsNonces: Bool) -> Scenario<ClientSubject> {
        let nonce = "rs-nonce-of-the-scenario"
        return .authorization(
            name, summary, scoring: .notScored(.extension), flow: [.discovery, .registration, .visit, .code, .token],
            checks: proofs + (wantsNonces ? nonces : []),
            servers: { places in
                try places.one { features in
                    features.binding = .required
                    features.wantsNonces = wantsNonces
                }
            },
            resource: { server in
                let run = server.run
                let used = Mutex<Set<String>>([])
                server.scheme = "DPoP"
                server.judge = { message, presented in
                    guard let presented else { return .refused(status: 401, challenge: ["algs": PossessionProof.algorithms.joined(separator: " ")]) }
                    guard presented.scheme.lowercased() == "dpop", let access = run.access(presented.token) else {
                        return .refused(status: 401, challenge: ["error": "invalid_token"])
                    }
                    guard let proof = try? proof(presented, run), proof.thumbprint == access.thumbprint, used.withLock({ $0.insert(proof.id).inserted })
                    else { return .refused(status: 401, challenge: ["error": "invalid_dpop_proof"]) }
                    guard wantsNonces, proof.nonce != nonce else { return .admitted }
                    return .refused(status: 401, challenge: ["error": "use_dpop_nonce"], headers: [("dpop-nonce", nonce)])
                }
            },
            conclude: { run in
                concludeProofs(run)
                if wantsNonces { concludeNonces(run, nonce) }
            })
    }

    private static func proof(_ presented: PresentedToken, _ run: AuthorizationRun) throws(PossessionProof.Flaw) -> PossessionProof {
        try PossessionProof(presented.proofs, method: "POST", url: run.endpoint, accessToken: presented.token)
    }

    private static func concludeProofs(_ run: AuthorizationRun) {
        for request in run.tokenRequests {
            let fault: String? =
                switch request.proof {
                case .success: nil
                case .failure(let flaw): flaw.description
                case nil: "there was none"
                }
            run.check("sep-1932-client-token-request-proof", fault == nil, "the proof of the token request: \(fault ?? "")")
        }
        var ids: Set<String> = []
        for message in run.client.messages {
            guard let presented = PresentedToken(message) else { continue }
            let method = message.method ?? "a response"
            run.check(
                "sep-1932-client-dpop-auth-scheme", presented.scheme.lowercased() == "dpop", "\(method) came with the scheme \(presented.scheme)")
            do {
                let proof = try proof(presented, run)
                run.check(
                    "sep-1932-client-fresh-proof", run.access(presented.token)?.thumbprint == proof.thumbprint,
                    "\(method): the proof is of another key than the token")
                run.check("sep-1932-client-fresh-proof", ids.insert(proof.id).inserted, "\(method) came with a proof that was used before (jti)")
            } catch { run.check("sep-1932-client-fresh-proof", false, "\(method): \(error)") }
        }
    }

    private static func concludeNonces(_ run: AuthorizationRun, _ nonce: String) {
        let requests = run.tokenRequests
        if let refused = requests.firstIndex(where: { $0.refusal == "use_dpop_nonce" }) {
            run.check(
                "sep-1932-client-as-nonce", requests[refused...].dropFirst().first.map { $0.nonce == run.issuer.nonce && $0.refusal == nil } ?? false,
                "the token request must come again with the nonce of the answer")
        }
        let shown = run.client.messages.compactMap { PresentedToken($0) }
        guard let first = shown.first, (try? proof(first, run)) != nil else { return }
        run.check(
            "sep-1932-client-rs-nonce", shown.contains { (try? proof($0, run))?.nonce == nonce }, "the request must come again with the nonce of the answer")
    }
}
