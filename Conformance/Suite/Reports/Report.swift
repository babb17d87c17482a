/// A form in which a run is written down.
public enum ReportFormat: String, Sendable, CaseIterable {
    case json, junit, markdown

    /// The report, as text in UTF-8.
    public func report(of verdict: SuiteVerdict) -> String {
        switch self {
        case .json: JSONReport.text(of: verdict)
        case .junit: JUnitReport.text(of: verdict)
        case .markdown: MarkdownReport.text(of: verdict)
        }
    }
}

/// The line about one scenario that is written while a run goes on.
public enum ProgressLine {
    public static func text(of outcome: ScenarioOutcome) -> String {
        let mark =
            switch outcome.status {
            case .passed: "ok  "
            case .warned: "warn"
            case .failed: "FAIL"
            case .skipped: "skip"
            }
        var lines = ["\(mark) \(outcome.scenario) (\(outcome.revision.rawValue), \(outcome.binding.rawValue)) \(outcome.duration.milliseconds) ms"]
        if !outcome.counts { lines[0] += ", \(outcome.scoring.word)" }
        if case .skipped(let reason) = outcome.status { lines.append("     \(reason)") }
        for result in outcome.results where result.status > .passed {
            lines.append("     \(result.status.rawValue) \(result.check.id): \(result.check.asks)")
            if let details = result.details { lines.append("         \(details)") }
        }
        if let error = outcome.error { lines.append("     stopped: \(error)") }
        return lines.joined(separator: "\n")
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
