import MCPCore

/// What one run of a scenario came to.
public struct ScenarioOutcome: Sendable {
    public enum Status: Sendable, Hashable {
        case passed
        /// Only recommendations are not followed.
        case warned
        case failed
        /// The implementation does not offer what the scenario is about.
        case skipped(reason: String)
    }

    public let scenario: String
    public let summary: String
    public let side: Side
    public let binding: Binding
    public let revision: ProtocolRevision
    public let scoring: Scoring
    public let results: [CheckResult]
    /// What stopped the scenario, where something did.
    public let error: String?
    /// What went over the wire, in order, shortened.
    public let log: [String]
    public let duration: Duration
    public let status: Status

    init<Target>(
        _ scenario: Scenario<Target>, _ target: Target, _ run: ScenarioRun, error: (any Error)?, duration: Duration
    ) {
        self.scenario = scenario.name
        summary = scenario.summary
        side = Target.side
        binding = target.binding
        revision = run.revision
        scoring = scenario.scoring
        log = run.log
        self.duration = duration
        if let notApplicable = error as? ScenarioRun.NotApplicable, run.messages > 0, !run.hasFailures {
            results = []
            self.error = nil
            status = .skipped(reason: notApplicable.reason)
            return
        }
        results = run.results()
        self.error = error.map { "\($0)" }
        let worst = results.map(\.status).max() ?? .failed
        status =
            switch worst {
            case _ where error != nil: .failed
            case .failed: .failed
            case .warning: .warned
            case .passed, .skipped: .passed
            }
    }

    /// Whether a failure counts against the implementation.
    public var counts: Bool { if case .notScored = scoring { false } else { true } }
}

extension ScenarioOutcome.Status {
    /// The word that reports use.
    public var word: String {
        switch self {
        case .passed: "passed"
        case .warned: "warning"
        case .failed: "failed"
        case .skipped: "skipped"
        }
    }
}
