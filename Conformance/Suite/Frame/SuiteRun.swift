import MCPCore

/// Runs scenarios against one implementation, one after the other.
public struct SuiteRun<Target: Subject>: Sendable {
    public var revision: ProtocolRevision
    public var validator: any WireValidator
    /// How long one scenario may take.
    public var scenarioLimit: Duration
    /// How long one answer may take.
    public var answerLimit: Duration

    public init(
        revision: ProtocolRevision, validator: any WireValidator, scenarioLimit: Duration = .seconds(30), answerLimit: Duration = .seconds(10)
    ) {
        self.revision = revision
        self.validator = validator
        self.scenarioLimit = scenarioLimit
        self.answerLimit = answerLimit
    }

    /// Runs the scenarios that are made for the revision and for the target's transport.
    /// - Parameter onOutcome: Called after each scenario.
    public func run(
        _ scenarios: [Scenario<Target>], against target: Target, onOutcome: (ScenarioOutcome) -> Void = { _ in }
    ) async -> [ScenarioOutcome] {
        var outcomes: [ScenarioOutcome] = []
        for scenario in scenarios where scenario.revisions.contains(revision) && scenario.bindings.contains(target.binding) {
            let outcome = await run(scenario, against: target)
            onOutcome(outcome)
            outcomes.append(outcome)
        }
        return outcomes
    }

    func run(_ scenario: Scenario<Target>, against target: Target) async -> ScenarioOutcome {
        let run = ScenarioRun(
            checks: scenario.checks, binding: target.binding, revision: revision, sender: Target.side, validator: validator, answerLimit: answerLimit)
        let clock = ContinuousClock()
        let start = clock.now
        var failure: (any Error)?
        do {
            try await withTimeLimit(scenarioLimit, "the scenario") { try await scenario.body(target, run) }
        } catch {
            failure = error
        }
        return ScenarioOutcome(scenario, target, run, error: failure, duration: start.duration(to: clock.now))
    }
}
