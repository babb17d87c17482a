import ConformanceSuite
import Foundation
import MCPCore
import Testing
import TestSupport

/// The requirement sets that the specification's maintainers have published, held against the registry.
@Suite struct RequirementTests {
    struct RequirementSet {
        var scored: [String: [String]] = [:]
        /// By side: name and reason.
        var notScored: [String: [(name: String, reason: String)]] = [:]

        /// Reads the few forms of YAML that the files have.
        init(parsing text: String) {
            var section = ""
            var entry: (name: String, side: String)?
            for line in text.split(separator: "\n").map(String.init) where !line.hasPrefix("#") {
                let words = line.split(separator: " ").map(String.init)
                if !line.hasPrefix(" "), line.hasSuffix(":") {
                    section = String(line.dropLast())
                } else if words.first == "-", words.count == 2 {
                    scored[section, default: []].append(words[1])
                } else if words.first == "-", words.count == 3, words[1] == "scenario:" {
                    entry = (words[2], "")
                } else if words.first == "leg:" {
                    entry?.side = words[1]
                } else if words.first == "reason:", let entry {
                    notScored[entry.side, default: []].append((entry.name, words[1]))
                }
            }
        }
    }

    private static func requirements(_ revision: ProtocolRevision) throws -> RequirementSet {
        let file = try SpecificationPlace.here.required().appending(path: "requirements/\(revision.rawValue).yaml")
        return RequirementSet(parsing: try String(contentsOf: file, encoding: .utf8))
    }

    @Test(.needsSpecification, arguments: [(ProtocolRevision.v2025_11_25, 30, 3), (.v2026_07_28, 37, 13)])
    func everyServerScenarioIsThere(_ revision: ProtocolRevision, scored: Int, notScored: Int) throws {
        let requirements = try Self.requirements(revision)
        let scenarios = ScenarioRegistry.server.filter { $0.revisions.contains(revision) }
        let required = requirements.scored["server"] ?? []
        #expect(required.count == scored)
        #expect(Set(scenarios.filter { $0.scoring == .scored }.map(\.name)) == Set(required))
        let optional = requirements.notScored["server"] ?? []
        #expect(optional.count == notScored)
        for (name, reason) in optional {
            let scenario = scenarios.first { $0.name == name }
            #expect(scenario?.scoring.word == "not scored: \(reason)", "\(name)")
        }
    }

    @Test func namesAndChecksAreUnique() {
        let scenarios = ScenarioRegistry.server + ScenarioRegistry.protectedServer
        let names = scenarios.map(\.name)
        #expect(Set(names).count == names.count)
        for scenario in scenarios {
            #expect(!scenario.checks.isEmpty && Set(scenario.checks.map(\.id)).count == scenario.checks.count, "\(scenario.name)")
        }
    }
}
