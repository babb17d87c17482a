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
        #expect(challenge.scheme == "bearer")
        #expect(challenge.resourceMetadata == "https://mcp.example/.well-known/oauth-protected-resource/team/mcp")
    }

    /// Byte for byte, as clients read them.
    @Test func theAnswersAsTheyGoOut() async throws {
        let metadata = "resource_metadata=\"https://mcp.example/.well-known/oauth-protected-resource/team/mcp\""
        func expect(_ answer: HTTPAnswer, _ status: Int, _ challenge: String, _ message: String, _ place: SourceLocation = #_sourceLocation) {
            #expect(answer.status.code == status && answer.headers[.wwwAuthenticate] == challenge, sourceLocation: place)
            #expect(answer.headers[.contentType] == "application/json" && answer.headers[.cacheControl] == "no-store", sourceLocation: place)
            guard case .bytes(let bytes) = answer.body else { return #expect(Bool(false), sourceLocation: place) }
            let body = #"{"jsonrpc":"2.0","error":{"code":-32600,"message":"\#(message)"}}"#
            #expect(String(decoding: bytes, as: UTF8.self) == body, sourceLocation: place)
        }
        let server = try server()
        guard case .refused(let missing) = await server.authorize(request([])),
            case .refused(let bad) = await server.authorize(request([("Authorization", "Bearer bad")]))
        else { throw Accepted() }
        expect(missing, 401, "Bearer \(metadata), scope=\"a\"", "Authorization is needed: send an access token")
        let invalid = "The access token is invalid, has expired, or is for another server"
        expect(bad, 401, "Bearer \(metadata), scope=\"a\", error=\"invalid_token\", error_description=\"\(invalid)\"", invalid)
        let scopes = "The request needs further scopes"
        expect(
            server.insufficientScope(["b", "a"]), 403,
            "Bearer \(metadata), scope=\"a b\", error=\"insufficient_scope\", error_description=\"\(scopes)\"", scopes)
    }

    @Test func aTokenInTheQueryIsNone() async throws {
        var request = request([])
        request.path = "/team/mcp?access_token=good"
        guard case .refused(let answer) = try await server(["good": .init(principalID: "ada", scopes: nil)]).authorize(request) else { throw Accepted() }
        #expect(answer.status == .unauthorized)
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

    @Test func proofsCarryANonceWhereTheServerWantsIt() async throws {
        let now = Mutex(Self.now)
        let environment = AuthorizationEnvironment(now: { now.withLock { $0 } }, randomBytes: AuthorizationEnvironment.system.randomBytes)
        let key = try await DPoPKey()
        let verifier = FixedVerifier(tokens: ["t": .init(principalID: "ada", scopes: nil, keyThumbprint: key.publicKey.keyThumbprint)])
        func make(_ secret: SecretText?) throws -> ResourceServer {
            try ResourceServer(
                resource: Self.resource, authorizationServers: ["https://as.example"], dpopNonces: .required(key: secret), verifier: verifier,
                environment: environment)
        }
        func ask(_ server: ResourceServer, _ nonce: String?) async throws -> HTTPAnswer? {
            let proof = try key.proof(
                method: "POST", url: EndpointURL(Self.resource), accessToken: "t", nonce: nonce, environment: environment)
            guard case .refused(let answer) = await server.authorize(request([("Authorization", "DPoP t"), ("DPoP", proof)])) else { return nil }
            return answer
        }
        let secret = SecretText(String(repeating: "k", count: 32))
        let server = try make(secret)
        let first = try #require(try await ask(server, nil))
        #expect(first.status == .unauthorized && first.headers[.wwwAuthenticate]?.contains("error=\"use_dpop_nonce\"") == true)
        let nonce = try #require(first.headers[HTTPField.Name("DPoP-Nonce")!])
        #expect(try await ask(server, nonce) == nil)
        // Another replica with the same key takes it, one with another key does not.
        #expect(try await ask(make(secret), nonce) == nil)
        #expect(try await ask(make(nil), nonce)?.status == .unauthorized)
        #expect(try await ask(server, "x" + nonce.dropFirst())?.status == .unauthorized)
        // It is taken for a while, and then there is another.
        now.withLock { $0 += 300 }
        #expect(try await ask(server, nonce) == nil)
        now.withLock { $0 += 300 }
        let stale = try #require(try await ask(server, nonce))
        #expect(stale.headers[HTTPField.Name("DPoP-Nonce")!].map { $0 != nonce } == true)
        #expect(throws: AuthorizationError.self) { try make("short") }
    }

    @Test func bearerTokensAreNotEnoughWhereBoundOnesAreDemanded() async throws {
        let server = try server(["t": .init(principalID: "ada", scopes: nil)], requiresDPoP: true)
        let answer = try await refused(server, [("Authorization", "Bearer t")])
        #expect(answer.status == 401 && answer.challenge?.scheme == "dpop")
    }
}
