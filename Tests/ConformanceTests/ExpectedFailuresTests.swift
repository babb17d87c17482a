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

    private static let known: KnownScenarios = {
        var known = KnownScenarios()
        known.insert(["bad", "good", "warns", "other"].map { scripted($0) { _ in } })
        return known
    }()

    private func verdict(_ outcomes: [ScenarioOutcome], _ text: String, strict: Bool = false) throws -> SuiteVerdict {
        SuiteVerdict(outcomes, side: .server, expecting: try ExpectedFailures(parsing: text), known: Self.known, strict: strict)
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

    @Test(arguments: ["bad\ngood", "bad\ngood:one", "bad\nserver:\n- no-such-scenario", "bad\nno-such-scenario", "bad\ngood:no-such-check", "bad\nbad:three"])
    func anEntryThatFailsNoLongerFailsTheRun(_ text: String) async throws {
        let verdict = try verdict(await outcomes(["bad": false, "good": true]), text)
        #expect(verdict.stale.count == 1)
        #expect(verdict.exitCode == 1)
    }

    /// A name that is misspelt is no failure that is gone.
    @Test(arguments: [
        ("bad\ngood", "expected to fail, but did not"), ("bad\nno-such-scenario", "there is no scenario 'no-such-scenario'; `mcp-conformance list`"),
        ("bad\nserver:\n- no-such-scenario", "there is no scenario 'no-such-scenario' of servers"),
        ("bad\ngood:no-such-check", "the scenario 'good' has no check 'no-such-check'"),
    ])
    func whyAnEntryIsStaleIsSaid(_ text: String, _ words: String) async throws {
        let summary = try verdict(await outcomes(["bad": false, "good": true]), text).summary
        #expect(summary.contains(words))
        #expect(summary.contains("did not") == words.contains("did not"))
    }

    /// What only warns fails no run, and so stands for no failure; where warnings count, it does.
    @Test(arguments: ["warns", "warns:one"]) func anEntryThatOnlyWarnsIsStaleWhereWarningsDoNotCount(_ text: String) async throws {
        let scenario = scripted("warns") { run in
            run.received(goodMessage)
            run.recommend("one", false, "seen")
            run.check("two", true, "")
        }
        let outcomes = await SuiteRun<ScriptedSubject>(revision: .latest, validator: EnvelopeValidator()).run([scenario], against: .init())
        #expect(try verdict(outcomes, text).stale.map(\.scenario) == ["warns"])
        #expect(try verdict(outcomes, text, strict: true).exitCode == 0)
    }

    /// Those of protected servers are known also where they are not run.
    @Test func whatTheSuiteKnowsIsNotStale() throws {
        let text = "auth-no-token\nserver:\n- auth-expired\n- tools-list:wire-schema-valid\nclient:\n- tools_call"
        #expect(SuiteVerdict([], side: .server, expecting: try ExpectedFailures(parsing: text)).stale == [])
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

    @Test func nothingSeenIsNoSuccess() async throws {
        let scenario = scripted("skips") { run in
            run.received(goodMessage)
            throw run.notApplicable("not offered")
        }
        let outcomes = await SuiteRun<ScriptedSubject>(revision: .latest, validator: EnvelopeValidator()).run([scenario], against: .init())
        #expect(outcomes.map(\.status) == [.skipped(reason: "not offered")])
        #expect(try verdict(outcomes, "").exitCode == 1)
        #expect(try verdict(outcomes + (await self.outcomes(["good": true])), "").exitCode == 0)
    }

    @Test func aLineThatIsNoEntryIsNamed() {
        #expect(throws: ExpectedFailures.FormatError.self) { try ExpectedFailures(parsing: "good\nnot an entry") }
        #expect(throws: ExpectedFailures.FormatError.self) { try ExpectedFailures(parsing: "a:b:c") }
    }
}
