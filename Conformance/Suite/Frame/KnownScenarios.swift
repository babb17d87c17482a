/// The names that a list of expected failures may use: of all scenarios of both sides, run or not, and of their checks.
public struct KnownScenarios: Sendable {
    private var checks: [Side: [String: Set<String>]] = [:]

    /// Those of the suite.
    public static let all: KnownScenarios = {
        var known = KnownScenarios()
        known.insert(ScenarioRegistry.server + ScenarioRegistry.protectedServer)
        known.insert(ScenarioRegistry.client)
        return known
    }()

    public init() {}

    public mutating func insert<Target>(_ scenarios: [Scenario<Target>]) {
        for scenario in scenarios {
            checks[Target.side, default: [:]][scenario.name] = Set(scenario.checks.map(\.id) + [ScenarioRun.wireCheck.id])
        }
    }

    /// What an entry names that is not there; `nil` where one of the sides that it holds for has it.
    func fault(of entry: ExpectedFailures.Entry) -> String? {
        let found = (entry.side.map { [$0] } ?? Side.allCases).compactMap { checks[$0]?[entry.scenario] }
        guard !found.isEmpty else {
            let side = entry.side.map { " of \($0.rawValue)s" } ?? ""
            return "there is no scenario '\(entry.scenario)'\(side); `mcp-conformance list` names them all"
        }
        guard let check = entry.check, !found.contains(where: { $0.contains(check) }) else { return nil }
        return "the scenario '\(entry.scenario)' has no check '\(check)'; `mcp-conformance list --checks` names them all"
    }
}
