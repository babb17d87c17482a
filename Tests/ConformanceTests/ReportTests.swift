import ConformanceSuite
import Foundation
import MCPCore
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct ReportTests {
    private func verdict() async -> SuiteVerdict {
        let scenarios = [
            scripted("good") { run in
                run.received(goodMessage)
                run.check("one", true, "")
                run.check("two", true, "")
            },
            scripted("bad") { run in
                run.received(goodMessage)
                run.check("one", false, "<&\"'\u{1} | seen")
                run.recommend("two", false, "two")
            },
            scripted("absent", scoring: .notScored(.extension)) { run in
                run.received(goodMessage)
                throw run.notApplicable("not offered")
            },
        ]
        let outcomes = await SuiteRun<ScriptedSubject>(revision: .latest, validator: EnvelopeValidator()).run(scenarios, against: .init())
        return SuiteVerdict(outcomes, side: .server, expecting: .init(), known: KnownScenarios())
    }

    @Test func jsonHoldsEveryCheck() async throws {
        let json = try JSONValue(parsing: ReportFormat.json.report(of: await verdict()))
        #expect(json["passed"] == false)
        #expect(json["unexpectedFailures"] == ["bad"])
        #expect(json["scenarios"]?[0]?["checks"]?.array?.count == 3)
        #expect(json["scenarios"]?[1]?["checks"]?[0]?["details"]?.string?.contains("seen") == true)
        #expect(json["scenarios"]?[2]?["status"] == "skipped")
        #expect(json["counts"]?["scored"] == ["run": 2, "passed": 1, "warning": 0, "failed": 1, "skipped": 0])
    }

    @Test func junitIsXMLWithTheCounts() async throws {
        let document = try XMLDocument(xmlString: ReportFormat.junit.report(of: await verdict()))
        let suite = try #require(try document.nodes(forXPath: "//testsuite").first as? XMLElement)
        #expect(suite.attribute(forName: "tests")?.stringValue == "3")
        #expect(suite.attribute(forName: "failures")?.stringValue == "1")
        #expect(suite.attribute(forName: "skipped")?.stringValue == "1")
        let failure = try #require(try document.nodes(forXPath: "//testcase[@name='bad']/failure").first)
        #expect(failure.stringValue?.contains("<&\"'") == true)
    }

    @Test func markdownHasARowAScenarioAndTheDetailsOfFailures() async {
        let lines = ReportFormat.markdown.report(of: await verdict()).split(separator: "\n")
        for name in ["good", "bad", "absent"] { #expect(lines.contains { $0.hasPrefix("| \(name) |") }) }
        #expect(lines.contains("## bad"))
        #expect(!lines.contains("## good"))
    }

    @Test func progressNamesWhatWasSeen() async throws {
        let bad = try #require(await verdict().outcomes.first { $0.scenario == "bad" })
        let line = ProgressLine.text(of: bad)
        #expect(line.hasPrefix("FAIL bad"))
        #expect(line.contains("failed one"))
        #expect(line.contains("warning two"))
    }
}
