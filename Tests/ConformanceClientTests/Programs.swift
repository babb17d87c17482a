import ConformanceSuite
import Foundation
import MCPCore
import Testing

/// The programs that are built beside the tests.
enum Programs {
    static func path(_ name: String) -> String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name).path
    }

    /// The fixture as a client under test, with a fault or without.
    static func fixture(on binding: Binding, mutant: String? = nil) -> ClientSubject {
        var command = path("conformance-client")
        if let mutant { command += " --mutant \(mutant)" }
        if binding == .stdio { command += " --stdio" }
        return subject(command, on: binding)
    }

    static func subject(_ command: String, on binding: Binding) -> ClientSubject {
        ClientSubject(command: command, binding: binding, relay: "\(path("mcp-conformance")) relay")
    }
}

/// What a run of the suite is about.
struct Setting: Sendable, Hashable, CustomTestStringConvertible {
    var revision: ProtocolRevision
    var binding: Binding

    static let all = [ProtocolRevision.v2025_11_25, .v2026_07_28].flatMap { revision in
        [Binding.http, .stdio].map { Setting(revision: revision, binding: $0) }
    }

    var testDescription: String { "\(revision.rawValue) \(binding.rawValue)" }

    /// One for all: what it has compiled of the schemas need not be compiled again.
    private static let validator = RevisionValidator()

    /// Runs scenarios, a few at a time: most of one is waiting for a process to start.
    /// - Parameters:
    ///   - part: Which scenarios to run.
    ///   - limit: How long a scenario may take, by its name.
    /// - Returns: In the order of the scenarios.
    func run(
        _ subject: ClientSubject, _ part: Part = .all, limit: @escaping @Sendable (String) -> Duration = { _ in .seconds(60) }
    ) async -> [ScenarioOutcome] {
        let scenarios = ScenarioRegistry.client.filter(part.contains)
        let places = Dictionary(uniqueKeysWithValues: zip(scenarios.map(\.name), scenarios.indices))
        let lanes = 3
        let outcomes = await withTaskGroup(of: [ScenarioOutcome].self) { group in
            for lane in 0..<lanes {
                group.addTask { [revision] in
                    var outcomes: [ScenarioOutcome] = []
                    for scenario in stride(from: lane, to: scenarios.count, by: lanes).map({ scenarios[$0] }) {
                        outcomes += await SuiteRun<ClientSubject>(revision: revision, validator: Self.validator, scenarioLimit: limit(scenario.name))
                            .run([scenario], against: subject)
                    }
                    return outcomes
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        return outcomes.sorted { places[$0.scenario, default: 0] < places[$1.scenario, default: 0] }
    }

    /// The limits where these scenarios fail, some of them because the client hangs: that need not be waited for. The others pass however long the machine stalls.
    static func limit(failing: Set<String>) -> @Sendable (String) -> Duration { { failing.contains($0) ? .seconds(20) : .seconds(60) } }

    /// A part of the scenarios. The faults of signing in are in code that only those of authorization run, and the other faults in code that these do not run.
    enum Part: Sendable, Hashable {
        case all, authorization, others

        func contains(_ scenario: Scenario<ClientSubject>) -> Bool {
            switch self {
            case .all: true
            case .authorization: scenario.name.hasPrefix("auth/")
            case .others: !scenario.name.hasPrefix("auth/")
            }
        }
    }
}
