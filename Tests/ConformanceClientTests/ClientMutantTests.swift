import ConformanceClientMutants
import ConformanceSuite
import MCPCore
import Testing

/// Each fault of a client is found by exactly the scenarios that are named beside it.
@Suite(.serialized) struct ClientMutantTests {
    struct Hunt: Sendable, CustomTestStringConvertible {
        var mutant: String
        var setting: Setting
        var found: Set<String>
        /// What is left out, because the client does without something optional.
        var skipped: Set<String> = []

        var testDescription: String { "\(mutant), \(setting.testDescription)" }
    }

    /// By mutant: the scenarios that must fail, in the setting that shows the fault best.
    static let hunts: [Hunt] =
        http(
            .v2025_11_25,
            [
                "no-initialized": ["initialize", "client-era-fallback"], "any-version": ["client-version-unknown"],
                "keeps-its-version": ["client-version-older"], "wrong-version-header": ["client-session-headers", "client-version-older"],
                "no-resumption": ["sse-retry"], "empty-forms": ["elicitation-sep1034-client-defaults"],
                "no-ping": ["client-server-requests", "client-standalone-stream"],
                "no-recovery": ["client-session-lost"], "cancels-in-silence": ["client-cancellation", "client-timeout"],
                "waits-forever": ["client-timeout"],
                "schemas-without-definitions": ["json-schema-2020-12-preservation"],
            ])
        + http(
            .v2026_07_28,
            [
                "no-probe": ["client-era-fallback", "client-era-no-fallback"], "takes-busy-for-old": ["client-era-no-fallback"],
                "numbers-as-text": ["tools_call"], "no-client-info": ["request-metadata"], "method-header-in-capitals": ["http-standard-headers"],
                "no-parameter-headers": ["http-custom-headers"], "keeps-invalid-tools": ["http-invalid-tool-headers"],
                "fetches-references": ["json-schema-ref-no-deref"], "state-read-and-written": ["sep-2322-client-request-state"],
                "one-answer-a-round": ["client-input-rounds"], "keeps-cancelled-calls": ["client-cancellation", "client-timeout"],
                "loses-letters": ["client-event-stream-parsing", "sep-2322-client-request-state", "client-pages"],
                "end-for-result": ["client-event-stream-ending", "client-malformed-answers"],
                "garbage-for-result": ["client-malformed-answers"], "fails-on-unknown": ["client-unknown-messages"],
                "one-error-for-all": ["client-errors"], "progress-of-all": ["client-progress"], "first-page-only": ["client-pages"],
            ])
        + stdio(
            .v2026_07_28,
            [
                "loses-letters": ["client-stdio-framing", "client-stdio-pieces", "sep-2322-client-request-state", "client-pages"],
                "fails-on-garbage": ["client-stdio-garbage"],
                "fails-on-unknown": ["client-unknown-messages", "client-stdio-pieces"], "ends-at-once": ["client-stdio-shutdown"],
                "waits-for-the-dead": ["client-stdio-server-exit"], "cancels-in-silence": ["client-cancellation", "client-timeout"],
                "waits-forever": ["client-timeout"],
            ])
        + [
            Hunt(
                mutant: "newest-version-only", setting: Setting(revision: .v2025_11_25, binding: .http), found: [], skipped: ["client-version-older"]),
            Hunt(
                mutant: "no-standalone-stream", setting: Setting(revision: .v2025_11_25, binding: .http), found: [],
                skipped: ["client-standalone-stream"]),
            Hunt(mutant: "no-probe", setting: Setting(revision: .v2025_11_25, binding: .http), found: [], skipped: ["client-era-fallback"]),
            // What it speaks elsewhere in the run shows that it knows both eras.
            Hunt(mutant: "newest-era-only", setting: Setting(revision: .v2025_11_25, binding: .http), found: ["client-era-fallback"]),
            Hunt(mutant: "newest-era-only", setting: Setting(revision: .v2025_11_25, binding: .stdio), found: ["client-era-fallback"]),
            Hunt(mutant: "newest-era-only", setting: Setting(revision: .v2026_07_28, binding: .http), found: [], skipped: ["client-era-fallback"]),
            Hunt(mutant: "newest-era-only", setting: Setting(revision: .v2026_07_28, binding: .stdio), found: [], skipped: ["client-era-fallback"]),
        ]

    private static func http(_ revision: ProtocolRevision, _ mutants: KeyValuePairs<String, Set<String>>) -> [Hunt] {
        mutants.map { Hunt(mutant: $0.key, setting: Setting(revision: revision, binding: .http), found: $0.value) }
    }

    private static func stdio(_ revision: ProtocolRevision, _ mutants: KeyValuePairs<String, Set<String>>) -> [Hunt] {
        mutants.map { Hunt(mutant: $0.key, setting: Setting(revision: revision, binding: .stdio), found: $0.value) }
    }

    @Test(arguments: hunts) func aFaultIsFoundByExactlyThese(_ hunt: Hunt) async {
        let outcomes = await hunt.setting.run(
            Programs.fixture(on: hunt.setting.binding, mutant: hunt.mutant), .others, limit: Setting.limit(failing: hunt.found))
        let skipped = outcomes.filter { if case .skipped = $0.status { true } else { false } }
        #expect(Set(outcomes.filter { $0.status != .passed }.map(\.scenario)) == hunt.found.union(hunt.skipped))
        #expect(Set(skipped.map(\.scenario)) == hunt.skipped)
    }

    /// A message in pieces is a fault of every message.
    @Test func brokenLinesAreFoundByAll() async {
        let setting = Setting(revision: .v2026_07_28, binding: .stdio)
        let outcomes = await setting.run(Programs.fixture(on: .stdio, mutant: "splits-lines"), .others, limit: { _ in .seconds(2) })
        #expect(outcomes.count > 10 && Set(outcomes.map(\.scenario)).isSuperset(of: ["client-stdio-framing", "client-stdio-pieces"]))
        #expect(outcomes.filter { $0.status != .failed }.map(\.scenario) == [])
    }

    @Test func everyScenarioFindsAFault() {
        let found = Set(Self.hunts.flatMap(\.found)).union(SignInMutantTests.hunts.flatMap { $0.found.map { "auth/\($0)" } })
        for scenario in ScenarioRegistry.client { #expect(found.contains(scenario.name), "no mutant is found by \(scenario.name)") }
        let hunted = Set(Self.hunts.map(\.mutant) + ["splits-lines", ClientMutant.plainSignIn] + SignInMutantTests.hunts.map(\.fault.rawValue))
        #expect(hunted == Set(ClientMutant.all.map(\.name)))
    }
}
