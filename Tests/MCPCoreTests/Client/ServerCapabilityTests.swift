import MCPCore
import Testing

/// A client sends only requests of features that the server has declared (2025-11-25, basic/lifecycle, "Operation").
@Suite(.timeLimit(.minutes(1))) struct ServerCapabilityTests {
    /// Methods with the capability that each needs.
    private static let needs: [(method: String, capability: String, declared: JSONValue)] = [
        ("tools/list", "tools", ["tools": [:]]), ("tools/call", "tools", ["tools": [:]]),
        ("resources/list", "resources", ["resources": [:]]), ("resources/templates/list", "resources", ["resources": [:]]),
        ("resources/read", "resources", ["resources": [:]]),
        ("resources/subscribe", "resources.subscribe", ["resources": ["subscribe": true]]),
        ("resources/unsubscribe", "resources.subscribe", ["resources": ["subscribe": true]]),
        ("prompts/list", "prompts", ["prompts": [:]]), ("prompts/get", "prompts", ["prompts": [:]]),
        ("completion/complete", "completions", ["completions": [:]]), ("logging/setLevel", "logging", ["logging": [:]]),
    ]

    @Test(arguments: bothEras, needs) func whatIsNotDeclaredIsNotSent(
        _ revision: ProtocolRevision, _ need: (method: String, capability: String, declared: JSONValue)
    ) async throws {
        let (client, transport) = try await scriptedClient(revision, capabilities: ["experimental": [:]])
        let before = transport.methods
        let error = await #expect(throws: ClientError.self) { _ = try await client.request(need.method) }
        guard case .undeclaredFeature(method: need.method, capability: need.capability)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("`\(need.capability)`") == true)
        #expect(transport.methods == before)
        let (declaring, declared) = try await scriptedClient(revision, capabilities: need.declared)
        _ = try await declaring.request(need.method)
        #expect(declared.methods.last == need.method)
    }

    @Test func resourcesAloneAreNotWatched() async throws {
        let (client, transport) = try await scriptedClient(capabilities: ["resources": [:]])
        _ = try await client.request("resources/read", ["uri": "a://b"])
        await #expect(throws: ClientError.self) { _ = try await client.request("resources/subscribe", ["uri": "a://b"]) }
        #expect(transport.methods == ["initialize", "resources/read"])
    }

    @Test(arguments: bothEras) func whatNeedsNoCapabilityIsSent(_ revision: ProtocolRevision) async throws {
        let (client, transport) = try await scriptedClient(revision, capabilities: [:])
        try await client.ping()
        _ = try await client.request("com.example/own")
        #expect(transport.methods.suffix(2) == [revision.era == .handshake ? "ping" : "server/discover", "com.example/own"])
    }

    @Test func completionsNeedNoneBeforeThereIsOne() async throws {
        let (client, transport) = try await scriptedClient(.v2024_11_05, capabilities: [:])
        _ = try await client.request("completion/complete")
        #expect(transport.methods.last == "completion/complete")
    }

    @Test(arguments: bothEras) func aClientCanBeToldNotToLook(_ revision: ProtocolRevision) async throws {
        let (client, transport) = try await scriptedClient(
            revision, capabilities: [:], configuration: ClientConfiguration(checksServerCapabilities: false), script: { _ in ["prompts": []] })
        #expect(try await client.listPrompts().isEmpty)
        #expect(transport.methods.last == "prompts/list")
    }
}
