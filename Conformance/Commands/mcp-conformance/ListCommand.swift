import ArgumentParser
import ConformanceSuite
import Foundation
import MCPCore

/// Lists the scenarios.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the scenarios.")

    @Option(help: "Only those that this revision requires or knows.")
    var requirements: ProtocolRevision?

    @Flag(help: "Show the checks of each scenario.")
    var checks = false

    func run() {
        list(ScenarioRegistry.server)
        list(ScenarioRegistry.protectedServer)
        list(ScenarioRegistry.client)
    }

    private func list<Target>(_ scenarios: [Scenario<Target>]) {
        for scenario in scenarios where requirements.map(scenario.revisions.contains) ?? true {
            let revisions = scenario.revisions.sorted().map(\.rawValue).joined(separator: " ")
            let bindings = scenario.bindings.map(\.rawValue).sorted().joined(separator: " ")
            var lines = ["\(Target.side.rawValue) \(scenario.name) (\(revisions); \(bindings); \(scenario.scoring.word)): \(scenario.summary)"]
            if checks { lines += scenario.checks.map { "    \($0.id): \($0.asks)" } }
            FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
        }
    }
}
