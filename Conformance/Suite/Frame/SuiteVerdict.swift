/// What a whole run came to: counts, what counts against the implementation, and the exit code that says so.
public struct SuiteVerdict: Sendable {
    public let outcomes: [ScenarioOutcome]
    /// Failures of scenarios that count that are not expected.
    public let unexpected: [ScenarioOutcome]
    public let expected: [ScenarioOutcome]
    public let stale: [ExpectedFailures.Entry]
    private let known: KnownScenarios

    /// - Parameters:
    ///   - known: What the entries may name.
    ///   - strict: Recommendations that are not followed and failures of scenarios that are not scored count too.
    public init(_ outcomes: [ScenarioOutcome], side: Side, expecting expected: ExpectedFailures, known: KnownScenarios = .all, strict: Bool = false) {
        let failed = outcomes.filter { outcome in
            switch outcome.status {
            case .failed: outcome.counts || strict
            case .warned: strict
            case .passed, .skipped: false
            }
        }
        self.outcomes = outcomes
        self.known = known
        self.expected = failed.filter(expected.covers)
        unexpected = failed.filter { !expected.covers($0) }
        stale = expected.stale(after: outcomes, of: side, known: known, strict: strict)
    }

    public var isGood: Bool { unexpected.isEmpty && stale.isEmpty && sawSomething }

    /// Where everything was skipped, nothing is known of the implementation.
    private var sawSomething: Bool { outcomes.contains { if case .skipped = $0.status { false } else { true } } }

    /// 0 where nothing is wrong, 1 where a scenario failed unexpectedly, an expected failure is stale, or nothing was run that was not skipped.
    public var exitCode: Int32 { isGood ? 0 : 1 }

    /// The last lines of a run.
    public var summary: String {
        var lines: [String] = []
        for group in Self.groups {
            let members = outcomes.filter { group.matches($0.scoring) }
            guard !members.isEmpty else { continue }
            let warned = members.count { $0.status == .warned }
            let skipped = members.count { if case .skipped = $0.status { true } else { false } }
            var line = "\(members.count { $0.status == .passed || $0.status == .warned })/\(members.count) \(group.title) scenarios passed"
            if warned > 0 { line += ", \(warned) of them with warnings" }
            if skipped > 0 { line += ", \(skipped) skipped" }
            lines.append(line)
        }
        if !outcomes.isEmpty, !sawSomething { lines.append("Nothing was seen: all scenarios were skipped") }
        if outcomes.isEmpty { lines.append("No scenario was run: none that was selected is made for this revision and transport") }
        if !expected.isEmpty { lines.append("\(expected.count) failed as expected") }
        if !unexpected.isEmpty { lines.append("failed: \(unexpected.map(\.scenario).joined(separator: ", "))") }
        for entry in stale { lines.append("line \(entry.line) of the expected failures, \(entry): \(fault(of: entry))") }
        return lines.joined(separator: "\n")
    }

    /// Why an entry is stale.
    func fault(of entry: ExpectedFailures.Entry) -> String { known.fault(of: entry) ?? "expected to fail, but did not" }

    /// The kinds of scenarios, as reports name them.
    static let groups: [(title: String, matches: @Sendable (Scoring) -> Bool)] = [
        ("scored", { $0 == .scored }), ("additional", { $0 == .additional }), ("not scored", { if case .notScored = $0 { true } else { false } }),
    ]
}
