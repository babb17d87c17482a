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

    /// - Parameter part: Which scenarios to run.
    func run(_ subject: ClientSubject, _ part: Part = .all, limit: Duration = .seconds(60)) async -> [ScenarioOutcome] {
        await SuiteRun<ClientSubject>(revision: revision, validator: RevisionValidator(), scenarioLimit: limit)
            .run(ScenarioRegistry.client.filter(part.contains), against: subject)
    }

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
