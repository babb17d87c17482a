import MCPCore
import MCPHTTPClient
import Synchronization
import Testing

@testable import MCPAuthorization

/// Client and server over real HTTP.
@Suite struct EndToEndTests {
    private static let eras: [EraSelection] = [.handshake, .pinned(.latest), .auto]

    private func withSignedIn(
        _ running: ProtectedServer, _ era: EraSelection, _ body: (Client) async throws -> Void
    ) async throws {
        let transport = HTTPClientTransport(url: running.url, authorizer: try running.authorizer())
        try await withClient(transport, configuration: ClientConfiguration(info: Implementation(name: "test", version: "1"), era: era), body)
    }

    private func expect(_ client: Client, _ tool: String, _ text: String, _ place: SourceLocation = #_sourceLocation) async throws {
        let answer: String = try await client.call(tool)
        #expect(answer == text, sourceLocation: place)
    }

    private func expectTools(_ client: Client, _ names: [String], _ place: SourceLocation = #_sourceLocation) async throws {
        let tools = try await client.listTools()
        #expect(tools.map(\.name) == names, sourceLocation: place)
    }

    @Test(arguments: eras.indices) func signsInSeesItsToolsAndStepsUp(_ index: Int) async throws {
        try await ProtectedServer.run { running in
            try await withSignedIn(running, Self.eras[index]) { client in
                try await expectTools(client, ["read"])
                try await expect(client, "read", "ada: base")
                #expect(running.issuer.state.withLock { $0.visits.map { $0["scope"] } } == ["base"])
                try await expect(client, "write", "written")
                #expect(running.issuer.state.withLock { $0.visits.map { $0["scope"] } } == ["base", "base write"])
                // The same session, with what the new token allows.
                try await expect(client, "read", "ada: base write")
                try await expectTools(client, ["read", "write"])
            }
            // Tokens travel in a header, and in no address.
            let targets = running.issuer.state.withLock { $0.targets }
            #expect(targets.count > 4 && Set(targets) == ["/mcp"])
        }
    }

    @Test(arguments: eras.indices) func boundTokens(_ index: Int) async throws {
        try await ProtectedServer.run(requiresDPoP: true) { running in
            try await withSignedIn(running, Self.eras[index]) { client in
                for _ in 0..<3 { try await expect(client, "read", "ada: base") }
            }
            #expect(running.issuer.state.withLock { $0.accessTokens.values.allSatisfy { $0.thumbprint != nil } })
        }
    }

    @Test(arguments: eras.indices) func boundTokensWithNonces(_ index: Int) async throws {
        try await ProtectedServer.run(requiresDPoP: true, dpopNonces: .required()) { running in
            try await withSignedIn(running, Self.eras[index]) { client in
                for _ in 0..<3 { try await expect(client, "read", "ada: base") }
            }
            // The nonce costs a request, and no second sign-in.
            #expect(running.issuer.state.withLock { $0.visits.count } == 1)
        }
    }

    @Test func aTokenThatIsWithdrawnIsRenewedUnderWay() async throws {
        try await ProtectedServer.run { running in
            try await withSignedIn(running, .handshake) { client in
                try await expect(client, "read", "ada: base")
                running.issuer.update { $0.accessTokens = [:] }
                try await expect(client, "read", "ada: base")
                #expect(running.issuer.tokenRequests.map { $0["grant_type"] } == ["authorization_code", "refresh_token"])
            }
        }
    }

    /// What one user has read is not given to the next one on the same client, nor what was read before a step-up.
    @Test func aCacheIsOfOneSignIn() async throws {
        try await ProtectedServer.run { running in
            let authorizer = try running.authorizer()
            let configuration = ClientConfiguration(era: .pinned(.latest), responseCache: ResponseCache())
            try await withClient(HTTPClientTransport(url: running.url, authorizer: authorizer), configuration: configuration) { client in
                func expectRead(_ scopes: String, signIns: Int, asksServer: Bool, _ place: SourceLocation = #_sourceLocation) async throws {
                    let before = running.issuer.state.withLock { $0.targets.count }
                    let read = try await client.readResource("test://me").contents
                    let (after, visits) = running.issuer.state.withLock { ($0.targets.count, $0.visits.count) }
                    #expect(read == [ResourceContents(uri: "test://me", text: scopes)], sourceLocation: place)
                    #expect((after > before) == asksServer && visits == signIns, sourceLocation: place)
                }
                try await expectRead("base", signIns: 1, asksServer: true)
                try await expectRead("base", signIns: 1, asksServer: false)
                try await authorizer.signOut()
                // The request brings the next sign-in, and what comes of it is nobody's: it is asked for once more.
                try await expectRead("base", signIns: 2, asksServer: true)
                try await expectRead("base", signIns: 2, asksServer: true)
                try await expectRead("base", signIns: 2, asksServer: false)
                try await expect(client, "write", "written")
                try await expectRead("base write", signIns: 3, asksServer: true)
                try await expectRead("base write", signIns: 3, asksServer: false)
            }
        }
    }

    @Test func whoCannotSignInIsToldWhy() async throws {
        try await ProtectedServer.run { running in
            running.issuer.update { $0.response = ["code": "", "error": "access_denied"] }
            await #expect(throws: AuthorizationError.refused(OAuthRefusal(endpoint: "authorization", code: "access_denied"))) {
                try await withSignedIn(running, .auto) { _ in }
            }
            // Neither taken for a server of the other era nor tried again.
            #expect(running.issuer.state.withLock { $0.visits.count } == 1)
        }
    }

    @Test func withoutAnAuthorizerTheRefusalIsTold() async throws {
        try await ProtectedServer.run { running in
            do {
                _ = try await Client.connect(HTTPClientTransport(url: running.url))
                Issue.record("it should not connect")
            } catch { #expect("\(error)".contains("401")) }
        }
    }
}
