import MCPCore
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(1))) struct ResourcesTests {
    private static func server(pageSize: Int = 100) -> Server {
        Server("features", version: "1", configuration: ServerConfiguration(pageSize: pageSize)) {
            ServerResource(
                "config://app", name: "config", title: "Configuration", mimeType: "application/json", annotations: Annotations(priority: 0.5),
                icons: [Icon(source: "https://example.com/icon.png")]
            ) { _ in "{}" }
            ServerResource("logo://app", name: "logo", mimeType: "image/png", bytes: { _ in [0, 1, 254, 255] })
            ServerResource(Resource(uri: "folder://app", name: "folder")) { _ in
                ReadResourceResult(
                    [ResourceContents(uri: "folder://app/a", text: "a"), ResourceContents(uri: "folder://app/b", text: "b")],
                    cache: CacheHint(ttlMilliseconds: 5000, scope: .public))
            }
            ServerResourceTemplate("note://{user}/{+path}", name: "note") { values, _ in
                guard values["user"] != "nobody" else { throw ResourceNotFoundError() }
                return "\(values["user"] ?? ""): \(values["path"] ?? "")"
            }
            ServerResource(Resource(uri: "asking://it", name: "asking")) { context in
                let answer = try await context.elicit("sure", Flag.self, "Read it?")
                return ReadResourceResult([ResourceContents(uri: "asking://it", text: answer == .accept(Flag(yes: true)) ? "open" : "closed")])
            }
            ServerResource(Resource(uri: "broken://it", name: "broken")) { _ in throw Secret() }
        }
    }

    private struct Secret: Error, CustomStringConvertible { var description: String { "password=hunter2" } }

    @Test(arguments: ProtocolRevision.allCases) func listsAndReads(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server(), revision) { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.resources == .init(subscribe: true, listChanged: true))
            let resources = try await client.listResources()
            #expect(resources.map(\.uri) == ["config://app", "logo://app", "folder://app", "asking://it", "broken://it"])
            #expect(resources[0].title == (revision >= .v2025_06_18 ? "Configuration" : nil))
            #expect(resources[0].icons.isEmpty == (revision < .v2025_11_25))
            #expect(try await client.listResourceTemplates().map(\.uriTemplate) == ["note://{user}/{+path}"])
            #expect(
                try await client.readResource("config://app").contents == [ResourceContents(uri: "config://app", text: "{}", mimeType: "application/json")])
            #expect(try await client.readResource("logo://app").contents.first?.body == .blob("AAH+/w=="))
            #expect(try await client.readResource("note://mia/2024/a%20b").contents.first?.body == .text("mia: 2024/a b"))
            let folder = try await client.readResource("folder://app")
            #expect(folder.contents.count == 2)
            #expect(folder.cache == (revision.era == .perRequest ? CacheHint(ttlMilliseconds: 5000, scope: .public) : nil))
        }
    }

    @Test(arguments: bothEras) func whatIsMissingIsSaidInTheWayOfTheEra(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server(), revision) { (client: Client) async throws -> Void in
            for uri in ["config://other", "note://nobody/x"] {
                let error = await #expect(throws: ClientError.self) { _ = try await client.readResource(uri) }
                guard case .resourceNotFound(uri, let cause)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(cause.code.rawValue == (revision.era == .handshake ? -32002 : -32602))
                #expect(cause.data?["uri"]?.string == uri)
            }
        }
    }

    @Test(arguments: bothEras) func pagesHaveAllEntriesInOrderAndWrongCursorsAreRefused(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server(pageSize: 2), revision) { (client: Client) async throws -> Void in
            let page = try await client.request("resources/list")
            #expect(page["resources"]?.array?.count == 2)
            #expect(try await client.listResources().count == 5)
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.request("resources/list", ["cursor": "no such"]) }
            #expect(error?.code == .invalidParams)
        }
    }

    @Test(arguments: bothEras) func aReadMayAskTheUser(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server(), revision) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept(["yes": true]) })
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.readResource("asking://it").contents.first?.body == .text("open"))
        }
    }

    @Test(arguments: bothEras) func whatAnErrorSaysOfItselfStaysHere(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server(), revision) { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.readResource("broken://it") }
            #expect(error?.code == .internalError)
            #expect(error?.message.contains("hunter2") == false)
        }
    }

    @Test(arguments: bothEras) func subscribersHearOfTheirResourcesOnly(_ revision: ProtocolRevision) async throws {
        let server = Self.server()
        try await withFeatures(of: server, revision) { (client: Client) async throws -> Void in
            let changes = try await client.changes(SubscriptionFilter(resourcesListChanged: true, resourceSubscriptions: ["config://app"]))
            var iterator = changes.makeAsyncIterator()
            server.resources.updated("logo://app")
            server.resources.updated("config://app")
            #expect(try await iterator.next() == .resourceUpdated(uri: "config://app"))
            try server.resources.add(ServerResource("new://it", name: "new") { _ in "new" })
            #expect(try await iterator.next() == .resourcesListChanged)
            #expect(try await client.listResources().last?.uri == "new://it")
            server.resources.remove(uri: "new://it")
            #expect(try await iterator.next() == .resourcesListChanged)
        }
    }

    @Test func unsubscribedMeansNoMoreUpdates() async throws {
        let server = Self.server()
        try await withFeatures(of: server, .latestHandshake) { (client: Client) async throws -> Void in
            let changes = try await client.changes(SubscriptionFilter(resourcesListChanged: true, resourceSubscriptions: ["config://app"]))
            var iterator = changes.makeAsyncIterator()
            _ = try await client.request("resources/unsubscribe", ["uri": "config://app"])
            server.resources.updated("config://app")
            server.resources.remove(uri: "logo://app")
            #expect(try await iterator.next() == .resourcesListChanged)
        }
    }

    @Test func subscriptionsOfASessionAreBounded() async throws {
        let server = Server("features", version: "1", configuration: ServerConfiguration(maximumResourceSubscriptions: 1)) {
            ServerResourceTemplate("r://{id}", name: "r") { _, _ in "r" }
        }
        try await withFeatures(of: server, .latestHandshake) { (client: Client) async throws -> Void in
            _ = try await client.request("resources/subscribe", ["uri": "r://1"])
            _ = try await client.request("resources/subscribe", ["uri": "r://1"])
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.request("resources/subscribe", ["uri": "r://2"]) }
            #expect(error?.code == .invalidParams)
        }
        try await withFeatures(of: server, .latest) { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) {
                _ = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1", "r://2"]))
            }
            #expect(error?.code == .invalidParams)
        }
    }

    @Test func aServerWithoutResourcesHasNoSuchMethods() async throws {
        try await withFeatures(of: Server("plain", version: "1"), .latest) {
            $0.checksServerCapabilities = false
        } _: { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.resources == nil)
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.listResources() }
            #expect(error?.code == .methodNotFound)
        }
    }

    @Test(arguments: ["custom+x.1-y://host/path?q=1#f", "urn:isbn:0451450523", "x:", "git://[::1]:80/a%20b", "mailto:a@b.example", "data:,x"])
    func addressesOfRFC3986(_ uri: String) throws {
        try Server("r", version: "1").resources.add(ServerResource(uri, name: "r") { _ in "" })
    }

    @Test(arguments: [
        "", "no-scheme", "1x://a", "x y://a", "x://a b", "x://a\u{7F}", "x://é", "x://a\"b", "x://<a>", "x://{a}", "x://a|b", "x://a^b", "x://a`b", "x:///a%zz",
        "x:///a%2", "x://[::1", "x://a:port/", "x_y://a", "://a", "x://a\\b", "x:/a[b]",
    ])
    func otherAddressesAreRefused(_ uri: String) {
        let error = #expect(throws: ResourceDefinitionError.self) {
            try Server("r", version: "1").resources.add(ServerResource(uri, name: "r") { _ in "" })
        }
        #expect(error?.reason.contains("RFC 3986") == true)
    }

    @Test func faultsInTheDefinitionAreNamed() {
        let server = Server("faulty", version: "1") {
            ServerResource("no scheme", name: "a") { _ in "" }
            ServerResource("x://a", name: "a") { _ in "" }
            ServerResource("x://a", name: "b") { _ in "" }
            ServerResourceTemplate("x://{a", name: "c") { _, _ in "" }
            ServerResourceTemplate("x://{a}/c", name: "c", completions: ["b": .values([])]) { _, _ in "" }
        }
        let error = #expect(throws: ServerDefinitionError.self) { try server.validate() }
        #expect(error?.faults.count == 4, "\(error?.faults ?? [])")
    }
}
