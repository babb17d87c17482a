import ConformanceSuite
import Foundation
import MCPCore
import TestSupport
import Testing

@Suite(.serialized) struct ClientScenarioTests {
    @Test(arguments: Setting.all) func theFixturePassesAll(_ setting: Setting) async {
        let outcomes = await setting.run(Programs.fixture(on: setting.binding))
        #expect(outcomes.count > 10)
        for outcome in outcomes {
            let missed = outcome.results.filter { $0.status != .passed }.map { "\($0.check.id): \($0.details ?? "")" }
            #expect(outcome.status == .passed, "\(outcome.scenario): \(outcome.error ?? "") \(missed)\n\(outcome.log.joined(separator: "\n"))")
        }
    }

    @Test(arguments: Setting.all) func aClientThatDoesNothingFailsAll(_ setting: Setting) async {
        let outcomes = await setting.run(Programs.subject("true", on: setting.binding))
        #expect(outcomes.count > 10)
        for outcome in outcomes { #expect(outcome.status == .failed, "\(outcome.scenario)") }
    }

    /// What a client exits with counts, whatever it has done before.
    @Test func anExitCodeFailsAScenario() async throws {
        let scenario = try #require(ScenarioRegistry.client.first { $0.name == "tools_call" })
        let fixture = Programs.path("conformance-client")
        let outcomes = await SuiteRun<ClientSubject>(revision: .latest, validator: RevisionValidator())
            .run([scenario], against: Programs.subject(#"f() { \#(fixture) "$@"; exit 3; }; f"#, on: .http))
        #expect(outcomes.map(\.status) == [.failed])
        #expect(outcomes[0].results.filter { $0.status != .passed }.map(\.check.id) == ["client-ends"])
    }

    /// A client that does not end is killed, and its scenario has failed.
    @Test func aClientThatHangsFails() async throws {
        let scenario = try #require(ScenarioRegistry.client.first { $0.name == "tools_call" })
        let outcomes = await SuiteRun<ClientSubject>(revision: .latest, validator: RevisionValidator(), scenarioLimit: .milliseconds(500))
            .run([scenario], against: Programs.subject("sleep 600 #", on: .http))
        #expect(outcomes.map(\.status) == [.failed])
        #expect(outcomes[0].error == "the scenario took longer than 0.5 seconds")
    }

    @Test(.needsSpecification, arguments: [ProtocolRevision.v2025_11_25, .v2026_07_28])
    func everyRequiredScenarioIsThere(_ revision: ProtocolRevision) throws {
        let requirements = try ClientRequirements(revision)
        let scenarios = ScenarioRegistry.client.filter { $0.revisions.contains(revision) }
        #expect(Set(scenarios.filter { $0.scoring == .scored }.map(\.name)) == requirements.scored)
        for (name, reason) in requirements.notScored {
            #expect(scenarios.first { $0.name == name }?.scoring.word == "not scored: \(reason)", "\(name)")
        }
    }

    @Test func namesAndChecksAreUnique() {
        let names = ScenarioRegistry.client.map(\.name)
        #expect(Set(names).count == names.count)
        for scenario in ScenarioRegistry.client { #expect(Set(scenario.checks.map(\.id)).count == scenario.checks.count, "\(scenario.name)") }
    }
}

/// The client scenarios that a revision requires.
private struct ClientRequirements {
    var scored: Set<String> = []
    var notScored: [String: String] = [:]

    init(_ revision: ProtocolRevision) throws {
        let text = try String(contentsOf: SpecificationPlace.here.required().appending(path: "requirements/\(revision.rawValue).yaml"), encoding: .utf8)
        var section = ""
        var entry = (name: "", leg: "")
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case _ where !line.hasPrefix(" "): section = String(line.dropLast())
            case "-" where words.count == 2: if section == "client" { scored.insert(words[1]) }
            case "-": entry.name = words.last ?? ""
            case "leg:": entry.leg = words[1]
            case "reason:": if entry.leg == "client" { notScored[entry.name] = words[1] }
            default: break
            }
        }
    }
}
