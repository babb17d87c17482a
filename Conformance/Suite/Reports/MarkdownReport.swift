/// A run as a table for people.
enum MarkdownReport {
    static func text(of verdict: SuiteVerdict) -> String {
        var lines = ["# Conformance", ""]
        lines += verdict.summary.split(separator: "\n").map { "- \(escaped(String($0)))" }
        lines += ["", "| Scenario | Revision | Transport | Scoring | Result |", "|---|---|---|---|---|"]
        for outcome in verdict.outcomes {
            lines.append(
                "| \(outcome.scenario) | \(outcome.revision.rawValue) | \(outcome.binding.rawValue) | \(outcome.scoring.word) | \(escaped(result(of: outcome))) |"
            )
        }
        let details = verdict.outcomes.filter { $0.status == .failed || $0.status == .warned }
        for outcome in details {
            lines += ["", "## \(outcome.scenario)", "", escaped(outcome.summary), ""]
            for result in outcome.results where result.status > .passed {
                lines.append("- **\(result.status.rawValue)** \(result.check.id): \(escaped(result.check.asks))")
                if let details = result.details { lines.append("  - \(escaped(details))") }
            }
            if let error = outcome.error { lines.append("- **stopped**: \(escaped(error))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func result(of outcome: ScenarioOutcome) -> String {
        if case .skipped(let reason) = outcome.status { return "skipped: \(reason)" }
        return outcome.status.word
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\n", "\r\n": result += " "
            case "|", "<", ">", "`", "*", "_", "[", "]", "\\": result += "\\\(character)"
            default: result.append(character)
            }
        }
        return result
    }
}
