import ConformanceSuite
import MCPCore
import Testing

@Suite struct ScenarioRunTests {
    struct Failure: Error {}

    @Test func passesWhereAllChecksWereReachedAndHold() async {
        let outcome = await outcome(
            of: scripted { run in
                run.received(goodMessage)
                run.check("one", true, "")
                run.recommend("two", true, "")
            })
        #expect(outcome?.status == .passed)
        #expect(outcome?.results.map(\.check.id) == ["one", "two", "wire-schema-valid"])
    }

    @Test func failsWhereACheckWasNotReached() async {
        let outcome = await outcome(
            of: scripted { run in
                run.received(goodMessage)
                run.check("one", true, "")
            })
        #expect(outcome?.status == .failed)
        #expect(outcome?.results.first { $0.check.id == "two" }?.status == .failed)
    }

    @Test func failsWhereNothingCameFromTheImplementation() async {
        let outcome = await outcome(
            of: scripted { run in
                run.check("one", true, "")
                run.check("two", true, "")
            })
        #expect(outcome?.status == .failed)
    }

    @Test func keepsTheWorstResultOfACheck() async {
        let outcome = await outcome(
            of: scripted { run in
                run.received(goodMessage)
                run.check("one", false, "first")
                run.check("one", true, "")
                run.recommend("two", false, "second")
                run.recommend("two", true, "")
            })
        #expect(outcome?.status == .failed)
        #expect(outcome?.results.map(\.status) == [.failed, .warning, .passed])
        #expect(outcome?.results.first?.details == "first")
    }

    @Test func warnsWhereOnlyARecommendationIsNotFollowed() async {
        let outcome = await outcome(
            of: scripted { run in
                run.received(goodMessage)
                run.check("one", true, "")
                run.recommend("two", false, "seen")
            })
        #expect(outcome?.status == .warned)
    }

    @Test func failsAtAMessageThatBreaksTheRules() async {
        let outcome = await outcome(
            of: scripted { run in
                run.received(["jsonrpc": "1.0", "method": "x"])
                run.check("one", true, "")
                run.check("two", true, "")
            })
        #expect(outcome?.status == .failed)
    }

    @Test func failsAtACheckThatIsNotDeclared() async {
        let outcome = await outcome(
            of: scripted { run in
                run.received(goodMessage)
                for check in ["one", "two", "three"] { run.check(check, true, "") }
            })
        #expect(outcome?.status == .failed)
    }

    @Test func failsAtAnErrorEvenAfterAllChecks() async {
        let outcome = await outcome(
            of: scripted { run in
                run.received(goodMessage)
                run.check("one", true, "")
                run.check("two", true, "")
                throw Failure()
            })
        #expect(outcome?.status == .failed)
        #expect(outcome?.error?.contains("Failure") == true)
    }

    @Test func failsWhereTheTimeIsOver() async {
        let outcome = await outcome(of: scripted { _ in try await Task.sleep(for: .seconds(3600)) }, limit: .milliseconds(20))
        #expect(outcome?.status == .failed)
        #expect(outcome?.error?.contains("longer than") == true)
    }

    @Test func isSkippedOnlyWhereTheImplementationHasSaidSomething() async {
        let silent = await outcome(of: scripted { run in throw run.notApplicable("nothing to see") })
        #expect(silent?.status == .failed)
        let spoken = await outcome(
            of: scripted { run in
                run.received(goodMessage)
                throw run.notApplicable("nothing to see")
            })
        #expect(spoken?.status == .skipped(reason: "nothing to see"))
    }

    @Test func runsOnlyWhatIsMadeForRevisionAndTransport() async {
        let suite = SuiteRun<ScriptedSubject>(revision: .v2025_11_25, validator: EnvelopeValidator())
        let outcomes = await suite.run(
            [
                scripted("newer", revisions: .perRequest) { _ in }, scripted("stdio", bindings: [.stdio]) { _ in },
                scripted("right", revisions: .handshake, checks: [Check("http", "On HTTP", on: [.http]), Check("stdio", "On stdio", on: [.stdio])]) { run in
                    run.received(goodMessage)
                    run.check("http", true, "")
                },
            ], against: ScriptedSubject())
        #expect(outcomes.map(\.scenario) == ["right"])
        #expect(outcomes.first?.status == .passed)
    }
}
