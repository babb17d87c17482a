import ConformanceSchemas
import ConformanceSuite
import MCPCore
import TestSupport
import Testing

/// What the suite takes for a message.
@Suite struct ValidationTests {
    private func violations(_ message: JSONValue, at revision: ProtocolRevision, isRefusal: Bool, answering method: String? = "initialize") -> [WireViolation] {
        RevisionValidator().violations(of: message, from: .server, revision: revision, answering: method, isRefusal: isRefusal)
    }

    private func error(id: JSONValue?) -> JSONValue {
        var error: JSONObject = ["jsonrpc": "2.0", "error": ["code": -32000, "message": "Invalid Host"]]
        error["id"] = id
        return .object(error)
    }

    /// Who refuses a request for its headers need not have read its id.
    @Test(arguments: ProtocolRevision.allCases) func aRefusalMayHaveTheIDNull(_ revision: ProtocolRevision) {
        #expect(violations(error(id: .null), at: revision, isRefusal: true) == [])
        #expect(!violations(error(id: .null), at: revision, isRefusal: false).isEmpty)
    }

    /// "The HTTP response body MAY comprise a JSON-RPC error response that has no id" (2025-03-26, basic/transports).
    @Test(arguments: ProtocolRevision.allCases) func aRefusalMayHaveNoID(_ revision: ProtocolRevision) {
        #expect(violations(error(id: nil), at: revision, isRefusal: true) == [])
        #expect(violations(error(id: nil), at: revision, isRefusal: false).isEmpty == (revision >= .v2025_11_25))
    }

    @Test func aResultHasItsIDAlsoWhereItIsRefused() {
        for id in [nil, JSONValue.null] {
            var result: JSONObject = ["jsonrpc": "2.0", "result": [:]]
            result["id"] = id
            #expect(!violations(.object(result), at: .v2025_11_25, isRefusal: true, answering: "ping").isEmpty)
        }
    }

    private static func published() throws -> RevisionValidator {
        RevisionValidator(try PublishedSchemas(directory: SpecificationPlace.here.required().appending(path: "schema")))
    }

    /// `--schemas`: a server that is right fits the published schemas too, that of tasks among them.
    @Test(.needsSpecification, arguments: ProtocolRevision.allCases)
    func theFixtureFitsThePublishedSchemas(_ revision: ProtocolRevision) async throws {
        let suite = SuiteRun<ServerSubject>(revision: revision, validator: try Self.published(), scenarioLimit: .seconds(60))
        let prefixes = ["tasks-", "tools-", "prompts-list", "resources-list", "malformed-json", "server-"]
        let scenarios = ScenarioRegistry.server.filter { scenario in prefixes.contains { scenario.name.hasPrefix($0) } }
        let outcomes = await suite.run(scenarios, against: ServerSubject(.command(Programs.server)))
        #expect(outcomes.count > 10)
        #expect(outcomes.filter { $0.status != .passed }.map(ProgressLine.text) == [])
    }

    /// The published schemas say nothing of who sends what.
    @Test(.needsSpecification)
    func whoSendsWhatIsAskedWithThePublishedSchemasToo() throws {
        let ping: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]
        for validator in [RevisionValidator(), try Self.published()] {
            #expect(validator.violations(of: ping, from: .server, revision: .v2025_11_25, answering: nil, isRefusal: false) == [])
            #expect(!validator.violations(of: ping, from: .server, revision: .v2026_07_28, answering: nil, isRefusal: false).isEmpty)
        }
    }
}
