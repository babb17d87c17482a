import ArgumentParser

/// All scenarios that this client knows. Each group is a file of its own.
enum ScenarioBook {
    static let scenarios: [Scenario] =
        ConnectionScenarios.all + ToolScenarios.all + QuestionScenarios.all + HeaderScenarios.all
        + AuthorizationScenarios.all

    /// - Throws: `ValidationError` for a scenario that there is not.
    static func scenario(named name: String) throws -> Scenario {
        guard let scenario = scenarios.first(where: { $0.name == name }) ?? WalkthroughScenarios.scenario(named: name) else {
            let names = scenarios.map(\.name).joined(separator: ", ")
            throw ValidationError("This client has no scenario '\(name)'. Set \(ScenarioInvocation.scenarioVariable) to one of: \(names)")
        }
        return scenario
    }
}
