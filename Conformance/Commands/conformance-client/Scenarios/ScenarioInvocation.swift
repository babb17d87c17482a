import ArgumentParser
import ConformanceClientMutants
import MCPTransport

/// How the official conformance suite starts a client: it names the scenario and what belongs to it in the environment, and gives the URL of
/// its server as the last argument.
struct ScenarioInvocation: Sendable {
    static let scenarioVariable = "MCP_CONFORMANCE_SCENARIO"
    static let revisionVariable = "MCP_CONFORMANCE_PROTOCOL_VERSION"
    static let contextVariable = "MCP_CONFORMANCE_CONTEXT"

    var scenario: Scenario
    /// What the suite's server speaks; either where it does not say.
    var era: EraSelection
    /// What the scenario gives the client, for example credentials.
    var context: JSONObject
    var server: ServerAddress
    /// A fault to have; `nil` for none.
    var mutant: ClientMutant?
    var log: EventLog

    /// - Returns: `nil` where no suite has started this process.
    /// - Throws: `ValidationError` for an invocation that cannot be followed.
    init?(environment: [String: String], server: ServerAddress?, mutant: ClientMutant?, log: EventLog) throws {
        guard let name = environment[Self.scenarioVariable] else { return nil }
        scenario = try ScenarioBook.scenario(named: name)
        guard let server else { throw ValidationError("Give the URL of the suite's server, or with --stdio its command line, as the last argument.") }
        self.server = server
        self.mutant = mutant
        self.log = log
        do { context = try JSONObject(json: JSONValue(parsing: environment[Self.contextVariable] ?? "{}")) } catch {
            // Not the text itself, which may hold credentials.
            throw ValidationError("\(Self.contextVariable) is no JSON object: \(error)")
        }
        let asked = context["era"] == "auto" ? .auto : try Self.era(environment[Self.revisionVariable])
        era = mutant.map { $0.era(asked) } ?? asked
    }

    private static func era(_ text: String?) throws -> EraSelection {
        guard let text else { return .auto }
        guard let revision = ProtocolRevision(rawValue: text) else { throw ValidationError("\(revisionVariable) names no known revision: \(text)") }
        // The suite's servers of the handshake era answer with revisions of their own choice.
        return revision.era == .handshake ? .handshake : .pinned(revision)
    }

    func run() async throws { try await scenario.run(self) }

    /// The URL of the server, for scenarios that only HTTP has.
    /// - Throws: `ValidationError` on stdio.
    var url: String {
        get throws {
            guard case .url(let url) = server else { throw ValidationError("\(scenario.name) needs a server with a URL.") }
            return url
        }
    }

    /// A client that can be asked everything, and answers as `ScenarioUser` does.
    var configuration: ClientConfiguration {
        ClientConfiguration(
            info: Implementation(name: "conformance-client", version: "1.0.0"), era: era,
            input: ClientInputHandlers(
                elicit: { request in
                    let answer = ScenarioUser.answer(to: request)
                    log.write("asked", ["params": .object(request.params), "answer": answer.json])
                    return answer
                },
                sample: { _ in SamplingResult("This is the answer of no model.", model: "none") },
                roots: { [Root("file:///conformance", name: "conformance")] }),
            // Servers of suites declare less than they offer: those of the official one list tools without a capability.
            checksServerCapabilities: false,
            diagnostics: { log.write("diagnostic", ["message": .string("\($0)")]) })
    }

    func withPlainClient(_ body: (Client) async throws -> Void) async throws {
        try await server.connect(configuration, mutant, body)
    }

    /// Calls a tool, and writes its result down.
    /// - Throws: `FailedToolError` where the tool failed; what the call throws.
    func call(_ client: Client, _ tool: String, _ arguments: JSONObject = [:]) async throws {
        let result = try await client.callTool(tool, arguments)
        log.write("result", ["tool": .string(tool), "result": result.json])
        if result.isError { throw FailedToolError(tool: tool, text: result.text) }
    }
}

/// A tool failed that a scenario needs.
struct FailedToolError: Error, CustomStringConvertible {
    var tool: String
    var text: String
    var description: String { "The tool \(tool) failed: \(text)" }
}
