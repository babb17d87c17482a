import MCPCore

/// A run as JSON, with all that was seen.
enum JSONReport {
    static func text(of verdict: SuiteVerdict) -> String {
        let report: JSONValue = [
            "passed": .bool(verdict.isGood),
            "counts": .object(JSONObject(SuiteVerdict.groups.map { ($0.title, counts(verdict.outcomes, $0.matches)) })),
            "unexpectedFailures": .array(verdict.unexpected.map { .string($0.scenario) }),
            "expectedFailures": .array(verdict.expected.map { .string($0.scenario) }),
            "staleExpectations": .array(verdict.stale.map { .string("\($0)") }),
            "scenarios": .array(verdict.outcomes.map(json)),
        ]
        return report.serializedString + "\n"
    }

    private static func counts(_ outcomes: [ScenarioOutcome], _ matches: (Scoring) -> Bool) -> JSONValue {
        let members = outcomes.filter { matches($0.scoring) }
        var object: JSONObject = ["run": .integer(Int64(members.count))]
        for word in ["passed", "warning", "failed", "skipped"] { object[word] = .integer(Int64(members.count { $0.status.word == word })) }
        return .object(object)
    }

    private static func json(_ outcome: ScenarioOutcome) -> JSONValue {
        var object: JSONObject = [
            "scenario": .string(outcome.scenario), "summary": .string(outcome.summary), "side": .string(outcome.side.rawValue),
            "revision": .string(outcome.revision.rawValue), "binding": .string(outcome.binding.rawValue),
            "status": .string(outcome.status.word), "durationMs": .integer(outcome.duration.milliseconds),
        ]
        object["scoring"] = .string(outcome.scoring.word)
        if case .skipped(let reason) = outcome.status { object["reason"] = .string(reason) }
        object["error"] = outcome.error.map(JSONValue.string)
        object["checks"] = .array(
            outcome.results.map { result in
                var check: JSONObject = [
                    "id": .string(result.check.id), "asks": .string(result.check.asks), "status": .string(result.status.rawValue),
                ]
                check["details"] = result.details.map(JSONValue.string)
                return .object(check)
            })
        if outcome.status != .passed { object["messages"] = .array(outcome.log.map(JSONValue.string)) }
        return .object(object)
    }
}
