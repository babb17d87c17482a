/// A run in the XML that CI systems read: a test suite of one test case a scenario.
enum JUnitReport {
    static func text(of verdict: SuiteVerdict) -> String {
        let failures = Set(verdict.unexpected.map(\.scenario))
        let cases =
            verdict.outcomes.map { testCase($0, isFailure: failures.contains($0.scenario)) }
            + verdict.stale.map { staleCase($0, verdict.fault(of: $0)) }
        let skipped = verdict.outcomes.count { skipReason($0, isFailure: failures.contains($0.scenario)) != nil }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
            <testsuite name="mcp-conformance" tests="\(cases.count)" failures="\(verdict.unexpected.count + verdict.stale.count)" skipped="\(skipped)">
            \(cases.joined(separator: "\n"))
            </testsuite>
            </testsuites>

            """
    }

    private static func testCase(_ outcome: ScenarioOutcome, isFailure: Bool) -> String {
        let group = "\(outcome.side.rawValue).\(outcome.revision.rawValue).\(outcome.binding.rawValue)"
        let milliseconds = outcome.duration.milliseconds
        let seconds = "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())"
        let head = "<testcase classname=\"\(group)\" name=\"\(escaped(outcome.scenario))\" time=\"\(seconds)\""
        if isFailure {
            return "\(head)><failure message=\"\(escaped(outcome.summary))\">\(escaped(ProgressLine.text(of: outcome)))</failure></testcase>"
        }
        if let reason = skipReason(outcome, isFailure: isFailure) { return "\(head)><skipped message=\"\(escaped(reason))\"/></testcase>" }
        return "\(head)/>"
    }

    private static func skipReason(_ outcome: ScenarioOutcome, isFailure: Bool) -> String? {
        switch outcome.status {
        case .skipped(let reason): reason
        case .failed where !isFailure: outcome.counts ? "failed as expected" : "failed, \(outcome.scoring.word)"
        default: nil
        }
    }

    private static func staleCase(_ entry: ExpectedFailures.Entry, _ fault: String) -> String {
        """
        <testcase classname="expected-failures" name="\(escaped("\(entry)"))"><failure message="\(escaped(fault))"/></testcase>
        """
    }

    /// Text as XML 1.0 takes it, in content and in attributes.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t", "\r": result += "&#\(scalar.value);"
            case "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}": result.unicodeScalars.append(scalar)
            // XML has no way to write the other control characters.
            default: result += "\u{FFFD}"
            }
        }
        return result
    }
}
