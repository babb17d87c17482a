import MCPCore
import Testing

@testable import ConformanceSuite

/// The authorization server of the suite refuses what an authorization server has to refuse: what it let through, no scenario would find.
@Suite struct AuthorizationServerTests {
    private static let redirect = "http://localhost:3000/callback"
    private static let verifier = "a-verifier-of-more-than-forty-three-characters-in-all"

    private static func server(_ configure: (inout AuthorizationServerFeatures) -> Void = { _ in }) throws -> AuthorizationServer {
        var features = AuthorizationServerFeatures()
        features.clients = [
            .init(id: "public", method: .none), .init(id: "confidential", secret: "s3cret", method: .basic),
            .init(id: "posting", secret: "p0st", method: .post),
        ]
        features.grants = [.authorizationCode, .refreshToken, .clientCredentials]
        configure(&features)
        return try AuthorizationServer(origin: "http://localhost:9", features: features)
    }

    private static func query(_ changes: [String: String?] = [:]) -> String {
        var fields: [String: String] = [
            "response_type": "code", "client_id": "public", "redirect_uri": redirect, "state": "s", "scope": "mcp:read",
            "code_challenge": AuthorizationServer.challenge(of: verifier), "code_challenge_method": "S256", "resource": "http://localhost:8/mcp",
        ]
        for (name, value) in changes { fields[name] = value }
        return encoded(fields)
    }

    private static func encoded(_ fields: [String: String]) -> String {
        fields.map { "\(OAuthFields.encode($0.key))=\(OAuthFields.encode($0.value))" }.joined(separator: "&")
    }

    private static func visit(_ server: AuthorizationServer, _ changes: [String: String?] = [:]) async -> OAuthReply {
        await server.respond(to: OAuthRequest("GET", "/authorize?\(query(changes))"))
    }

    /// The fields of the response to an authorization request.
    private static func response(_ reply: OAuthReply) -> OAuthFields {
        OAuthFields(parsing: (reply.header("location") ?? "").split(separator: "?").last.map(String.init) ?? "")
    }

    private static func code(_ server: AuthorizationServer, _ changes: [String: String?] = [:]) async throws -> String {
        try #require(response(await visit(server, changes))["code"])
    }

    private static func token(
        _ server: AuthorizationServer, _ fields: [String: String], headers: [(name: String, value: String)] = []
    ) async throws -> (status: Int, body: JSONObject, reply: OAuthReply) {
        let reply = await server.respond(
            to: OAuthRequest(
                "POST", "/token", headers: headers + [("content-type", "application/x-www-form-urlencoded")], body: Array(encoded(fields).utf8)))
        return (reply.status, try #require(JSONValue(parsing: reply.body).object), reply)
    }

    private static func redeem(_ server: AuthorizationServer, _ code: String, _ changes: [String: String] = [:]) async throws -> JSONObject {
        var fields = [
            "grant_type": "authorization_code", "code": code, "client_id": "public", "redirect_uri": redirect, "code_verifier": verifier,
            "resource": "http://localhost:8/mcp",
        ]
        fields.merge(changes) { $1 }
        return try await token(server, fields).body
    }

    // MARK: Codes

    @Test func aCodeBecomesAToken() async throws {
        let server = try Self.server()
        let reply = await Self.visit(server)
        #expect(reply.status == 302)
        let response = Self.response(reply)
        #expect(response["state"] == "s")
        #expect(response["iss"] == "http://localhost:9")
        let answer = try await Self.redeem(server, try #require(response["code"]))
        let token = try #require(answer["access_token"]?.string)
        #expect(answer["token_type"] == "Bearer")
        #expect(answer["scope"] == "mcp:read")
        #expect(answer["refresh_token"] == nil)
        let read = try #require(JSONWebToken(reading: token))
        #expect(read.isSigned(by: [server.key.jwk]))
        #expect(read.claims["aud"] == "http://localhost:8/mcp")
        #expect(server.access(token)?.scopes == ["mcp:read"])
        #expect(server.access(token + "x") == nil)
    }

    @Test(
        arguments: [
            ("response_type", "token"), ("code_challenge", nil), ("code_challenge_method", "plain"), ("code_challenge_method", nil), ("resource", "no-uri"),
        ] as [(String, String?)])
    func aRequestThatBreaksTheRulesGetsAnError(_ name: String, _ value: String?) async throws {
        let reply = await Self.visit(try Self.server(), [name: value])
        #expect(reply.status == 302)
        #expect(Self.response(reply)["code"] == nil)
        #expect(Self.response(reply)["error"] != nil)
        #expect(Self.response(reply)["iss"] == "http://localhost:9")
    }

    /// Whoever asks in the name of nobody known, or for an address that is not registered, is sent nowhere.
    @Test(
        arguments: [
            ("client_id", "stranger"), ("client_id", nil), ("redirect_uri", nil), ("redirect_uri", "http://evil.example/"),
            ("redirect_uri", "javascript:alert(1)"),
        ] as [(String, String?)])
    func aRequestFromAStrangerIsNotSentOn(_ name: String, _ value: String?) async throws {
        let reply = await Self.visit(try Self.server(), [name: value])
        #expect(reply.status == 400)
        #expect(reply.header("location") == nil)
    }

    @Test(arguments: [
        ["code_verifier": "another"], ["redirect_uri": "http://localhost:3000/other"], ["resource": "http://localhost:8/other"], ["code": "none"],
        ["client_id": "confidential"],
    ])
    func aCodeIsBoundToItsRequest(_ changes: [String: String]) async throws {
        let server = try Self.server()
        let answer = try await Self.redeem(server, try await Self.code(server), changes)
        #expect(answer["error"] != nil)
        #expect(answer["access_token"] == nil)
    }

    @Test func aCodeIsGoodOnce() async throws {
        let server = try Self.server()
        let code = try await Self.code(server)
        #expect(try await Self.redeem(server, code)["access_token"] != nil)
        #expect(try await Self.redeem(server, code)["error"] == "invalid_grant")
        // One that was shown with a wrong verifier is spent too.
        let other = try await Self.code(server)
        _ = try await Self.redeem(server, other, ["code_verifier": "guess"])
        #expect(try await Self.redeem(server, other)["error"] == "invalid_grant")
    }

    // MARK: Refresh tokens

    private static func refresh(_ server: AuthorizationServer, _ token: String, _ changes: [String: String] = [:]) async throws -> JSONObject {
        try await self.token(
            server, ["grant_type": "refresh_token", "refresh_token": token, "client_id": "public"].merging(changes) { $1 }
        ).body
    }

    @Test func refreshTokensRotateAndAThiefEndsTheLine() async throws {
        let server = try Self.server()
        let first = try #require(try await Self.redeem(server, try await Self.code(server, ["scope": "mcp:read offline_access"]))["refresh_token"]?.string)
        let second = try #require(try await Self.refresh(server, first)["refresh_token"]?.string)
        #expect(second != first)
        #expect(try await Self.refresh(server, first)["error"] == "invalid_grant")
        #expect(try await Self.refresh(server, second)["error"] == "invalid_grant")
    }

    @Test(arguments: [["client_id": "posting", "client_secret": "p0st"], ["scope": "mcp:read mcp:admin"], ["resource": "http://localhost:8/other"]])
    func aRefreshTokenGivesNoMore(_ changes: [String: String]) async throws {
        let server = try Self.server { $0.alwaysRefreshes = true }
        let token = try #require(try await Self.redeem(server, try await Self.code(server))["refresh_token"]?.string)
        #expect(try await Self.refresh(server, token, changes)["error"] != nil)
    }

    // MARK: Clients

    @Test func clientsAreKnownByTheirMethodAlone() async throws {
        let server = try Self.server()
        func ask(_ fields: [String: String], basic: String? = nil) async throws -> JSONValue? {
            let headers = basic.map { [(name: "authorization", value: "Basic " + Base64.encode($0.utf8))] } ?? []
            let answer = try await Self.token(server, ["grant_type": "client_credentials"].merging(fields) { $1 }, headers: headers)
            return answer.body["error"]
        }
        #expect(try await ask([:], basic: "confidential:s3cret") == nil)
        #expect(try await ask([:], basic: "confidential:guess") == "invalid_client")
        #expect(try await ask(["client_id": "confidential", "client_secret": "s3cret"]) == "invalid_client")
        #expect(try await ask(["client_id": "confidential"]) == "invalid_client")
        #expect(try await ask(["client_id": "posting", "client_secret": "p0st"]) == nil)
        #expect(try await ask([:], basic: "posting:p0st") == "invalid_client")
        #expect(try await ask(["client_id": "posting", "client_secret": "p0st"], basic: "posting:p0st") == "invalid_request")
        #expect(try await ask(["client_id": "public"]) == "unauthorized_client")
        #expect(try await ask([:]) == "invalid_client")
    }

    @Test func assertionsOfClientsAreLookedAt() async throws {
        let key = try TokenKey()
        let server = try Self.server { $0.clients.append(.init(id: "signing", method: .privateKey, keys: [key.jwk])) }
        let good: JSONObject = [
            "iss": "signing", "sub": "signing", "aud": "http://localhost:9", "exp": .integer(TokenClock.now() + 60), "jti": "one",
        ]
        func ask(_ changes: JSONObject, key signer: TokenKey) async throws -> JSONValue? {
            var claims = good
            claims.merge(changes)
            return try await Self.token(
                server,
                [
                    "grant_type": "client_credentials", "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": try JSONWebToken(claims).signed(by: signer),
                ]
            ).body["error"]
        }
        #expect(try await ask([:], key: key) == nil)
        #expect(try await ask([:], key: key) == "invalid_client", "the jti was used")
        #expect(try await ask(["jti": "two", "aud": "http://localhost:9/token"], key: key) == "invalid_client")
        #expect(try await ask(["jti": "three", "exp": .integer(TokenClock.now() - 1)], key: key) == "invalid_client")
        #expect(try await ask(["jti": "four", "iss": "public"], key: key) == "invalid_client")
        #expect(try await ask(["jti": "five"], key: try TokenKey(id: key.id)) == "invalid_client")
    }

    @Test func registrationSaysWhatWasRegistered() async throws {
        let server = try Self.server { $0.clientMethods = [.post] }
        func register(_ body: JSONObject) async throws -> (Int, JSONObject) {
            let reply = await server.respond(to: OAuthRequest("POST", "/register", body: JSONValue.object(body).serialized()))
            return (reply.status, try #require(JSONValue(parsing: reply.body).object))
        }
        let (status, answer) = try await register(["redirect_uris": [.string(Self.redirect)], "token_endpoint_auth_method": "none"])
        #expect(status == 201)
        #expect(answer["token_endpoint_auth_method"] == "client_secret_post")
        #expect(answer["client_secret"] != nil)
        // The port of an address of this machine is free, its path is not.
        let id = try #require(answer["client_id"]?.string)
        #expect(await Self.visit(server, ["client_id": id, "redirect_uri": "http://localhost:4567/callback"]).status == 302)
        #expect(await Self.visit(server, ["client_id": id, "redirect_uri": "http://localhost:3000/elsewhere"]).status == 400)
        for redirects: JSONValue in [nil, [], ["http://evil.example/"], ["javascript:alert(1)"], ["http://localhost:1/#part"]] {
            #expect(try await register(["redirect_uris": redirects]).0 == 400, "\(redirects)")
        }
    }

    @Test func aMetadataDocumentIsOfTheClientThatNamesIt() async throws {
        let url = "https://client.example/metadata.json"
        let server = try Self.server { features in
            features.takesMetadataDocuments = true
            features.document = { asked in ["client_id": asked == url ? .string(url) : "somebody", "redirect_uris": [.string(Self.redirect)]] }
        }
        #expect(await Self.visit(server, ["client_id": url]).status == 302)
        #expect(await Self.visit(server, ["client_id": url, "redirect_uri": "http://localhost:1/other"]).status == 400)
        #expect(await Self.visit(server, ["client_id": "https://other.example/metadata.json"]).status == 400)
        #expect(await Self.visit(server, ["client_id": "http://client.example/metadata.json"]).status == 400)
    }

    // MARK: Metadata

    @Test(arguments: [
        ("", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]),
        (
            "/tenant1",
            [
                "/.well-known/oauth-authorization-server/tenant1", "/.well-known/openid-configuration/tenant1",
                "/tenant1/.well-known/openid-configuration",
            ]
        ),
    ])
    func metadataStandAtTheirPlaces(_ path: String, _ places: [String]) async throws {
        let server = try Self.server { $0.issuerPath = path }
        for place in places {
            let reply = await server.respond(to: OAuthRequest("GET", place))
            #expect(reply.status == 200, "\(place)")
            #expect(try JSONValue(parsing: reply.body)["issuer"]?.string == "http://localhost:9\(path)")
        }
        #expect(await server.respond(to: OAuthRequest("GET", "/.well-known/oauth-authorization-server/other")).status == 404)
    }
}
