/// Failures that are known, so that a run fails only on what is new, and on what is known no longer.
///
/// One entry a line: the name of a scenario, or `scenario:check` for one of its checks; a leading `- ` is allowed. Entries after a line
/// `server:` or `client:` hold for that side alone. `#` begins a comment.
public struct ExpectedFailures: Sendable, Hashable {
    public struct Entry: Sendable, Hashable, CustomStringConvertible {
        public let scenario: String
        /// `nil` where the whole scenario may fail.
        public let check: String?
        /// `nil` for both sides.
        public let side: Side?
        public let line: Int

        public var description: String { check.map { "\(scenario):\($0)" } ?? scenario }
    }

    public struct FormatError: Error, Sendable, CustomStringConvertible {
        public let line: Int
        public let text: String
        public var description: String { "Line \(line) of the expected failures is neither a scenario nor scenario:check: \(text)" }
    }

    public let entries: [Entry]

    public init() { entries = [] }

    /// - Throws: `FormatError`.
    public init(parsing text: String) throws(FormatError) {
        var entries: [Entry] = []
        var side: Side?
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = raw.prefix { $0 != "#" }.trimmingBlanks()
            if line.isEmpty { continue }
            if let header = Side.allCases.first(where: { line == "\($0.rawValue):" }) {
                side = header
                continue
            }
            if line.hasPrefix("- ") { line = line.dropFirst(2).trimmingBlanks() }
            let parts = line.split(separator: ":", omittingEmptySubsequences: false).map { String($0.trimmingBlanks()) }
            guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
                throw FormatError(line: index + 1, text: String(line))
            }
            entries.append(Entry(scenario: parts[0], check: parts.count == 2 ? parts[1] : nil, side: side, line: index + 1))
        }
        self.entries = entries
    }

    /// Whether a failure is known: the scenario is listed, or each of its failed checks is.
    public func covers(_ outcome: ScenarioOutcome) -> Bool {
        let own = entries(for: outcome)
        if own.contains(where: { $0.check == nil }) { return true }
        guard outcome.error == nil else { return false }
        let worst = outcome.results.map(\.status).max() ?? .passed
        guard worst > .passed else { return false }
        return outcome.results.allSatisfy { result in result.status != worst || own.contains { $0.check == result.check.id } }
    }

    /// The entries that stand for no failure any more: what they name has passed, or does not exist.
    /// - Parameters:
    ///   - outcomes: What was run.
    ///   - known: What there is, run or not.
    ///   - strict: Whether warnings count; where they do not, what only warns stands for no failure.
    public func stale(after outcomes: [ScenarioOutcome], of side: Side, known: KnownScenarios, strict: Bool = false) -> [Entry] {
        let good: Set<CheckResult.Status> = strict ? [.passed] : [.passed, .warning]
        return entries.filter { entry in
            guard entry.side == nil || entry.side == side else { return false }
            guard known.fault(of: entry) == nil else { return true }
            let runs = outcomes.filter { $0.scenario == entry.scenario }
            guard !runs.isEmpty else { return false }
            guard let check = entry.check else { return runs.allSatisfy { $0.status == .passed || ($0.status == .warned && !strict) } }
            // A check that is not seen on this transport, or was skipped, may still fail elsewhere.
            return runs.allSatisfy { run in run.results.contains { $0.check.id == check && good.contains($0.status) } }
        }
    }

    private func entries(for outcome: ScenarioOutcome) -> [Entry] {
        entries.filter { $0.scenario == outcome.scenario && ($0.side == nil || $0.side == outcome.side) }
    }
}

extension Substring {
    func trimmingBlanks() -> Substring {
        let blanks: Set<Character> = [" ", "\t", "\r"]
        let front = drop { blanks.contains($0) }
        guard let end = front.lastIndex(where: { !blanks.contains($0) }) else { return front.prefix(0) }
        return front[...end]
    }
}
