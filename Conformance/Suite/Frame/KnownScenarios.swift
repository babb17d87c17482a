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

    /// Whether an entry names something on one of these sides.
    func holds(_ entry: ExpectedFailures.Entry, on sides: [Side]) -> Bool {
        sides.contains { side in
            guard let checks = checks[side]?[entry.scenario] else { return false }
            return entry.check.map(checks.contains) ?? true
        }
    }
}
