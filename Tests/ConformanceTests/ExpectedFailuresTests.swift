import ConformanceSuite
import MCPCore
import Testing

@Suite struct ExpectedFailuresTests {
    private func outcomes(_ results: [String: Bool], scoring: Scoring = .scored) async -> [ScenarioOutcome] {
        let scenarios = results.sorted { $0.key < $1.key }.map { name, passes in
            scripted(name, scoring: scoring) { run in
                run.received(goodMessage)
                run.check("one", passes, "seen")
                run.check("two", true, "")
            }
        }
        return await SuiteRun<ScriptedSubject>(revision: .latest, validator: EnvelopeValidator()).run(scenarios, against: .init())
    }

    private func verdict(_ outcomes: [ScenarioOutcome], _ text: String, strict: Bool = false) throws -> SuiteVerdict {
        SuiteVerdict(
            outcomes, side: .server, expecting: try ExpectedFailures(parsing: text), known: ["bad", "good", "other"], strict: strict)
    }

    @Test func aFailureThatIsNotListedCounts() async throws {
        let verdict = try verdict(await outcomes(["bad": false, "good": true]), "")
        #expect(verdict.unexpected.map(\.scenario) == ["bad"])
        #expect(verdict.exitCode == 1)
    }

    @Test(arguments: ["bad", "# known\nserver:\n  - bad  # soon\n", "bad:one", "client:\n- good\nserver:\n- bad:one"])
    func aFailureThatIsListedDoesNotCount(_ text: String) async throws {
        let verdict = try verdict(await outcomes(["bad": false, "good": true]), text)
        #expect(verdict.exitCode == 0)
        #expect(verdict.expected.map(\.scenario) == ["bad"])
    }

    @Test(arguments: ["bad:two", "client:\n- bad", "other"])
    func anotherEntryDoesNotCover(_ text: String) async throws {
        #expect(try verdict(await outcomes(["bad": false]), text).unexpected.map(\.scenario) == ["bad"])
    }

    @Test(arguments: ["bad\ngood", "bad\ngood:one", "bad\nserver:\n- no-such-scenario"])
    func anEntryThatFailsNoLongerFailsTheRun(_ text: String) async throws {
        let verdict = try verdict(await outcomes(["bad": false, "good": true]), text)
        #expect(verdict.stale.count == 1)
        #expect(verdict.exitCode == 1)
    }

    @Test func whatWasNotRunIsNotStale() async throws {
        #expect(try verdict(await outcomes(["good": true]), "bad\nother:one").exitCode == 0)
    }

    @Test func scenariosThatAreNotScoredCountOnlyWhereStrict() async throws {
        let outcomes = await outcomes(["bad": false, "good": true], scoring: .notScored(.pending))
        #expect(try verdict(outcomes, "").exitCode == 0)
        #expect(try verdict(outcomes, "", strict: true).exitCode == 1)
    }

    @Test func nothingRunIsNoSuccess() throws {
        #expect(try verdict([], "").exitCode == 1)
    }

    @Test func aLineThatIsNoEntryIsNamed() {
        #expect(throws: ExpectedFailures.FormatError.self) { try ExpectedFailures(parsing: "good\nnot an entry") }
        #expect(throws: ExpectedFailures.FormatError.self) { try ExpectedFailures(parsing: "a:b:c") }
    }
}
