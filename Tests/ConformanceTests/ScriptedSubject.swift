import ConformanceSuite
import MCPCore

/// A target that scenarios of these tests are run against; it does nothing.
struct ScriptedSubject: Subject {
    static let side = Side.server
    var binding = Binding.http
}

func scripted(
    _ name: String = "scripted", scoring: Scoring = .scored, revisions: Set<ProtocolRevision> = .all, bindings: Set<Binding> = [.http, .stdio],
    checks: [Check] = [Check("one", "One thing"), Check("two", "Another")],
    _ body: @escaping @Sendable (ScenarioRun) async throws -> Void
) -> Scenario<ScriptedSubject> {
    Scenario(name, "Of a test", revisions: revisions, bindings: bindings, scoring: scoring, checks: checks) { _, run in try await body(run) }
}

/// A message that any revision takes.
let goodMessage: JSONValue = ["jsonrpc": "2.0", "method": "notifications/tools/list_changed"]

func outcome(
    of scenario: Scenario<ScriptedSubject>, limit: Duration = .seconds(20)
) async -> ScenarioOutcome? {
    await SuiteRun<ScriptedSubject>(revision: .latest, validator: EnvelopeValidator(), scenarioLimit: limit).run([scenario], against: .init()).first
}
