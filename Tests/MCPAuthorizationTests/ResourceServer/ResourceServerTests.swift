import HTTPTypes
import MCPCore
import MCPHTTP
import Synchronization
import Testing

@testable import MCPAuthorization

private struct FixedVerifier: AccessTokenVerifier {
    var tokens: [String: VerifiedAccessToken]
    var isBroken = false

    func verify(_ token: SecretText) throws -> VerifiedAccessToken {
        struct Broken: Error {}
        if isBroken { throw Broken() }
        guard let verified = tokens[token.reveal()] else { throw AccessTokenRejection("it is unknown") }
        return verified
    }
}

@Suite struct ResourceServerTests {
    private static let resource = "https://mcp.example/team/mcp"
    private static let now: Int64 = 1_800_000_000

    private func server(
        _ tokens: [String: VerifiedAccessToken] = [:], isBroken: Bool = false, requiresDPoP: Bool = false,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ResourceServer {
        try ResourceServer(
            resource: Self.resource, authorizationServers: ["https://as.example"], scopesSupported: ["a"], requiresDPoP: requiresDPoP,
            verifier: FixedVerifier(tokens: tokens, isBroken: isBroken),
            environment: AuthorizationEnvironment(now: { Self.now }, randomBytes: AuthorizationEnvironment.system.randomBytes), report: report)
    }

    private func request(_ headers: [(String, String)]) -> HTTPRequest {
        var request = HTTPRequest(method: .post, scheme: "https", authority: "mcp.example", path: "/team/mcp")
        for (name, value) in headers { if let name = HTTPField.Name(name) { request.headerFields.append(HTTPField(name: name, value: value)) } }
        return request
    }

    private func refused(_ server: ResourceServer, _ headers: [(String, String)]) async throws -> (status: Int, challenge: AuthenticationChallenge?) {
        guard case .refused(let answer) = await server.authorize(request(headers)) else { throw Accepted() }
        return (answer.status.code, answer.headers[.wwwAuthenticate].flatMap { AuthenticationChallenge.parse([$0]).first })
    }

    private struct Accepted: Error {}

    @Test func metadataIsServedWhereClientsLook() throws {
        let documents = try server().documents
        let (path, bytes) = try #require(documents.first)
        #expect(path == "/.well-known/oauth-protected-resource/team/mcp")
        #expect(ProtectedResourceMetadata.candidates(server: try EndpointURL(Self.resource), challenge: nil)[0] == "https://mcp.example" + path)
        let metadata = try ProtectedResourceMetadata(json: JSONValue(parsing: bytes))
        #expect(metadata.resource == Self.resource && metadata.authorizationServers == ["https://as.example"] && metadata.scopesSupported == ["a"])
    }

    @Test func withoutATokenTheClientLearnsWhereToGetOne() async throws {
        let (status, challenge) = try await refused(server(), [])
        #expect(status == 401 && challenge?.scheme == "bearer" && challenge?.error == nil && challenge?.scopes == ["a"])
        #expect(challenge?.resourceMetadata == "https://mcp.example/.well-known/oauth-protected-resource/team/mcp")
    }

    @Test(arguments: [
        ([("Authorization", "Bearer bad")], 401, "invalid_token"), ([("Authorization", "Bearer")], 400, "invalid_request"),
        ([("Authorization", "Bearer a b")], 400, "invalid_request"), ([("Authorization", "Basic YTpi")], 400, "invalid_request"),
        ([("Authorization", "Bearer good"), ("Authorization", "Bearer bad")], 400, "invalid_request"),
        // A token that is bound to no key proves nothing with one.
        ([("Authorization", "DPoP good"), ("DPoP", "x")], 401, "invalid_token"),
    ])
    func refusals(headers: [(String, String)], status: Int, error: String) async throws {
        let answer = try await refused(server(["good": .init(principalID: "ada", scopes: nil)]), headers)
        #expect(answer.status == status && answer.challenge?.error == error)
    }

    @Test func acceptsAndTellsWho() async throws {
        let server = try server(["good": .init(principalID: "ada", scopes: ["a"], claims: ["tenant": "t"])])
        guard case .accepted(let principal) = await server.authorize(request([("Authorization", "bearer good")])) else { throw Accepted() }
        #expect(principal.id == "ada" && principal.scopes == ["a"] && principal.claims["tenant"] == "t")
    }

    @Test func missingScopesAreNamedTogether() throws {
        let answer = try server().insufficientScope(["b", "a"])
        let challenge = try #require(answer.headers[.wwwAuthenticate].flatMap { AuthenticationChallenge.parse([$0]).first })
        #expect(answer.status == .forbidden && challenge.error == "insufficient_scope" && challenge.scopes == ["a", "b"])
    }

    @Test func aFailureOfTheServerIsNoFaultOfTheToken() async throws {
        let reports = Mutex<[String]>([])
        let (status, challenge) = try await refused(
            server(isBroken: true) { report in reports.withLock { $0.append(report) } }, [("Authorization", "Bearer secret-token")])
        #expect(status == 503 && challenge == nil)
        #expect(reports.withLock { $0 }.count == 1)
        #expect(!reports.withLock { $0 }.joined().contains("secret-token"))
    }

    // MARK: DPoP

    private func proof(_ key: DPoPKey, method: String = "POST", url: String = resource, token: String = "t", age: Int64 = 0) throws -> String {
        try key.proof(
            method: method, url: EndpointURL(url), accessToken: SecretText(token), nonce: nil,
            environment: AuthorizationEnvironment(now: { Self.now - age }, randomBytes: AuthorizationEnvironment.system.randomBytes))
    }

    @Test func boundTokensNeedTheirProof() async throws {
        let (key, other) = (try await DPoPKey(), try await DPoPKey())
        let thumbprint = try #require(key.publicKey.keyThumbprint)
        let server = try server(["t": .init(principalID: "ada", scopes: nil, keyThumbprint: thumbprint)])
        let good = try proof(key)
        guard case .accepted = await server.authorize(request([("Authorization", "DPoP t"), ("DPoP", good)])) else { throw Accepted() }
        let bad: [(String, String)] = [
            ("used", good), ("other key", try proof(other)), ("other method", try proof(key, method: "GET")),
            ("other path", try proof(key, url: "https://mcp.example/other")), ("other host", try proof(key, url: "https://evil.example/team/mcp")),
            ("other token", try proof(key, token: "u")), ("old", try proof(key, age: 61)), ("future", try proof(key, age: -61)), ("none", "x"),
        ]
        for (name, proof) in bad {
            let answer = try await refused(server, [("Authorization", "DPoP t"), ("DPoP", proof)])
            #expect(answer.status == 401 && answer.challenge?.scheme == "dpop" && answer.challenge?.error == "invalid_dpop_proof", "\(name)")
        }
        #expect(try await refused(server, [("Authorization", "Bearer t")]).challenge?.error == "invalid_token")
        #expect(try await refused(server, [("Authorization", "DPoP t"), ("DPoP", try proof(key)), ("DPoP", try proof(key))]).status == 401)
    }

    @Test func bearerTokensAreNotEnoughWhereBoundOnesAreDemanded() async throws {
        let server = try server(["t": .init(principalID: "ada", scopes: nil)], requiresDPoP: true)
        let answer = try await refused(server, [("Authorization", "Bearer t")])
        #expect(answer.status == 401 && answer.challenge?.scheme == "dpop")
    }
}
