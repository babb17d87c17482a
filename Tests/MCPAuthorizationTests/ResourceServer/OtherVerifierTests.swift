import Foundation
import MCPCore
import Testing

@testable import MCPAuthorization

@Suite struct StaticTokenTests {
    private let token = "0123456789abcdefghij"

    @Test func knowsItsTokens() throws {
        let verifier = try StaticTokenVerifier(text: "# team\nada \(token) a b\n\n  bob\t\(token)-of-bob\r\n", name: "tokens")
        let ada = try verifier.verify(SecretText(token))
        #expect(ada.principalID == "ada" && ada.scopes == ["a", "b"])
        let bob = try verifier.verify(SecretText(token + "-of-bob"))
        #expect(bob.principalID == "bob" && bob.scopes == nil)
        for other in ["", token.dropLast(), token + " ", token.uppercased()] as [any StringProtocol] {
            #expect(throws: AccessTokenRejection("it is unknown")) { try verifier.verify(SecretText(String(other))) }
        }
        #expect("\(verifier)" == "2 static tokens")
    }

    @Test(arguments: [
        ("", "tokens holds no token"), ("# only words\n", "tokens holds no token"), ("ada", "tokens, line 1: a name and a token belong on it"),
        ("\nada short-secret", "tokens, line 2: the token has less than 20 characters; make one with: openssl rand -base64 32"),
        ("ada 0123456789abcdefghij\nada 0123456789abcdefghik", "tokens, line 2: the name ada is taken"),
        ("ada 0123456789abcdefghij\nbob 0123456789abcdefghij", "tokens, line 2: another line has the same token"),
    ])
    func refusesBadFiles(text: String, reason: String) {
        #expect(throws: AuthorizationError.storage(reason)) { try StaticTokenVerifier(text: text, name: "tokens") }
    }

    @Test func aMissingFileIsToldByItsName() {
        #expect(throws: AuthorizationError.storage("/nowhere/tokens cannot be read, or is no UTF-8")) { try StaticTokenVerifier(file: "/nowhere/tokens") }
    }
}

/// Answers every request with the same, and keeps the last.
private actor FixedReply: AuthorizationFetcher {
    private let reply: FetchReply
    private(set) var last: FetchRequest?

    init(_ status: Int, _ body: JSONObject) { reply = FetchReply(status: status, headers: [], body: body.serialized()) }

    func fetch(_ request: FetchRequest) -> FetchReply {
        last = request
        return reply
    }
}

@Suite struct IntrospectionTests {
    private func verifier(_ reply: FixedReply) throws -> IntrospectionVerifier {
        IntrospectionVerifier(
            issuer: "https://as.example", endpoint: try EndpointURL("https://as.example/introspect"), audiences: ["https://mcp.example/mcp"],
            client: RegisteredClient(id: "rs", authentication: .secret("s")), fetcher: reply, clockSkew: 60,
            environment: AuthorizationEnvironment(now: { 1000 }, randomBytes: AuthorizationEnvironment.system.randomBytes))
    }

    @Test func asksAndBelieves() async throws {
        let reply = FixedReply(200, ["active": true, "sub": "ada", "aud": "https://mcp.example/mcp", "scope": "a", "cnf": ["jkt": "t"]])
        let verified = try await verifier(reply).verify("token one")
        #expect(verified.principalID == "https://as.example ada" && verified.scopes == ["a"] && verified.keyThumbprint == "t")
        let request = try #require(await reply.last)
        #expect(request.fields["token"] == "token one")
        #expect(request.headers.first?.value == "Basic " + Base64.encode("rs:s".utf8))
    }

    @Test(
        arguments: [
            ["active": false], [:], ["active": "true", "sub": "ada", "aud": "https://mcp.example/mcp"], ["active": true, "sub": "ada"],
            ["active": true, "sub": "ada", "aud": "https://other.example"],
            ["active": true, "sub": "ada", "aud": "https://mcp.example/mcp", "exp": 900],
            ["active": true, "sub": "ada", "aud": "https://mcp.example/mcp", "iss": "https://evil.example"],
        ] as [JSONObject])
    func refuses(body: JSONObject) async throws {
        await #expect(throws: AccessTokenRejection.self) { try await verifier(FixedReply(200, body)).verify("t") }
    }

    @Test func aFailureOfTheIssuerIsNoFaultOfTheToken() async throws {
        await #expect(throws: AuthorizationError.self) { try await verifier(FixedReply(500, [:])).verify("t") }
    }
}
