import MCPAuthorizationParsing
import MCPCore
import Testing

@testable import MCPAuthorization

@Suite struct DiscoveryRuleTests {
    @Test(arguments: [
        (
            "https://h.example/public/mcp",
            ["https://h.example/.well-known/oauth-protected-resource/public/mcp", "https://h.example/.well-known/oauth-protected-resource"]
        ),
        ("https://h.example", ["https://h.example/.well-known/oauth-protected-resource"]),
        ("https://h.example/", ["https://h.example/.well-known/oauth-protected-resource"]),
        ("http://[::1]:80/mcp/", ["http://[::1]/.well-known/oauth-protected-resource/mcp", "http://[::1]/.well-known/oauth-protected-resource"]),
    ])
    func resourceMetadataPlaces(server: String, places: [String]) throws {
        #expect(ProtectedResourceMetadata.candidates(server: try EndpointURL(server), challenge: nil) == places)
        let challenge = AuthenticationChallenge(scheme: "bearer", parameters: ["resource_metadata": "https://x.example/m"])
        #expect(ProtectedResourceMetadata.candidates(server: try EndpointURL(server), challenge: challenge) == ["https://x.example/m"])
    }

    @Test(arguments: [
        ("https://as.example", ["https://as.example/.well-known/oauth-authorization-server", "https://as.example/.well-known/openid-configuration"]),
        (
            "https://as.example/tenant1",
            [
                "https://as.example/.well-known/oauth-authorization-server/tenant1", "https://as.example/.well-known/openid-configuration/tenant1",
                "https://as.example/tenant1/.well-known/openid-configuration",
            ]
        ),
    ])
    func issuerMetadataPlaces(issuer: String, places: [String]) throws {
        #expect(AuthorizationServerMetadata.candidates(issuer: try EndpointURL(issuer)) == places)
    }

    @Test(arguments: [
        ("https://h.example/mcp", true), ("https://H.example:443/mcp/", true), ("https://h.example", true), ("https://h.example/", true),
        ("https://h.example/mc", false), ("https://h.example/mcp/more", false), ("http://h.example/mcp", false), ("https://h.example:8443/mcp", false),
        ("https://evil.example/mcp", false), ("https://h.example.evil.example/mcp", false), ("https://h.example/mcp?x=1", false),
        ("https://h.example/mcp#f", false), ("https://user@h.example/mcp", false), ("mcp", false),
    ])
    func resourceIsTheServer(resource: String, isGood: Bool) throws {
        let metadata = ProtectedResourceMetadata(resource: resource, authorizationServers: [])
        let server = try EndpointURL("https://h.example/mcp")
        if isGood { try metadata.check(server: server) } else { #expect(throws: AuthorizationError.self) { try metadata.check(server: server) } }
    }

    @Test(arguments: ["https://as.example/", "https://AS.example", "https://as.example:443", "https://as.example/%61"])
    func issuersAreComparedAsText(other: String) throws {
        var metadata = try AuthorizationServerMetadata(json: ["issuer": "https://as.example", "token_endpoint": "https://as.example/t"])
        try metadata.check(issuer: "https://as.example")
        metadata.issuer = other
        #expect(throws: AuthorizationError.issuerMismatch(expected: "https://as.example", found: other)) { try metadata.check(issuer: "https://as.example") }
    }

    @Test(arguments: [[String]?.none, [], ["plain"]]) func noSignInWithoutPKCE(methods: [String]?) throws {
        var metadata = try AuthorizationServerMetadata(
            json: ["issuer": "https://as.example", "token_endpoint": "https://as.example/t", "authorization_endpoint": "https://as.example/a"])
        metadata.codeChallengeMethodsSupported = methods
        #expect(throws: AuthorizationError.self) { try metadata.checkCodeFlow() }
        metadata.codeChallengeMethodsSupported = ["plain", "S256"]
        #expect(try metadata.checkCodeFlow().text == "https://as.example/a")
    }

    @Test(arguments: [
        "ftp://h.example", "h.example", "https://", "https://user:pw@h.example", "https://h.example/#x", "https://h.example/a b", "https://h%2eexample/",
        "https://h.example\\@evil.example/", "https://h.example:0/", "https://h.example:99999/", "javascript:alert(1)", "https://h.example/\r\nx", "",
    ])
    func urlsThatCannotBeUsed(text: String) { #expect(throws: AuthorizationError.self) { try EndpointURL(text) } }

    @Test func scopeSelection() {
        let metadata = ProtectedResourceMetadata(resource: "r", authorizationServers: [], scopesSupported: ["a", "b"])
        let challenge = AuthenticationChallenge(scheme: "bearer", parameters: ["scope": "c"])
        #expect(Scopes.initial(challenge: challenge, metadata: metadata) == ["c"])
        #expect(Scopes.initial(challenge: nil, metadata: metadata) == ["a", "b"])
        #expect(Scopes.initial(challenge: nil, metadata: ProtectedResourceMetadata(resource: "r", authorizationServers: [])) == [])
        #expect(Scopes.stepUp(previous: ["a", "c"], challenge: challenge) == ["a", "c"])
        #expect(Scopes.stepUp(previous: ["a"], challenge: challenge) == ["a", "c"])
        #expect(Scopes.withOfflineAccess(["a"], offered: ["offline_access"]) == ["a", "offline_access"])
        #expect(Scopes.withOfflineAccess(["a"], offered: ["a"]) == ["a"])
        #expect(Scopes.withOfflineAccess([], offered: ["offline_access"]) == [])
    }
}
