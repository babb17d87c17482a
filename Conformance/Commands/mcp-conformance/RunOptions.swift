import ArgumentParser
import ConformanceSchemas
import ConformanceSuite
import Foundation
import MCPCore

extension ProtocolRevision: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}

/// What both sides have in common.
struct RunOptions: ParsableArguments {
    @Option(help: "The revision whose requirements count.")
    var requirements = ProtocolRevision.latest

    @Option(help: "Only this scenario; may be repeated. A name that ends with * stands for all that begin so.")
    var scenario: [String] = []

    @Flag(help: "Only the scenarios that the official requirement set of the revision counts.")
    var scored = false

    @Option(help: "Write a report in this format.")
    var report: ReportFormat?

    @Option(help: "Where the report goes; without it: standard output.")
    var output: String?

    @Option(help: "A file of failures that are known, one scenario or scenario:check a line. An entry that no longer fails is a failure.")
    var expectedFailures: String?

    @Option(help: "A folder with the published schemas, <revision>/schema.json, to hold messages against in place of the suite's own.")
    var schemas: String?

    @Option(help: "How many seconds one scenario may take.")
    var timeout = 30

    @Option(help: "How many seconds one answer may take.")
    var answerTimeout = 10

    @Flag(help: "Count warnings, and failures of scenarios that are not scored.")
    var strict = false

    @Flag(help: "Show the messages of scenarios that do not pass.")
    var verbose = false

    func validate() throws {
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout takes 1 to 3600 seconds.") }
        guard (1...3600).contains(answerTimeout) else { throw ValidationError("--answer-timeout takes 1 to 3600 seconds.") }
        guard output == nil || report != nil else { throw ValidationError("--output needs --report, to say in which format.") }
    }

    /// Runs what is selected, writes progress to standard error and the report where it belongs.
    /// - Throws: An exit code where the implementation does not conform.
    func run<Target>(_ scenarios: [Scenario<Target>], against target: Target) async throws {
        let selected: [Scenario<Target>]
        let expected: ExpectedFailures
        let validator: RevisionValidator
        do {
            validator = try schemas.map { RevisionValidator(try PublishedSchemas(directory: URL(filePath: $0))) } ?? RevisionValidator()
            selected = try ScenarioSelection(names: scenario).select(from: scenarios).filter { !scored || $0.scoring == .scored }
            expected = try expectedFailures.map { try ExpectedFailures(parsing: Self.text(of: $0)) } ?? .init()
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(error)")
        }
        let suite = SuiteRun<Target>(
            revision: requirements, validator: validator, scenarioLimit: .seconds(timeout), answerLimit: .seconds(answerTimeout))
        let outcomes = await suite.run(selected, against: target) { outcome in
            Self.write(ProgressLine.text(of: outcome), to: .standardError)
            if verbose, outcome.status == .failed || outcome.status == .warned {
                for line in outcome.log { Self.write("         \(line)", to: .standardError) }
            }
        }
        let verdict = SuiteVerdict(outcomes, side: Target.side, expecting: expected, strict: strict)
        Self.write(verdict.summary, to: .standardError)
        if let report { try write(report.report(of: verdict)) }
        guard verdict.isGood else { throw ExitCode(verdict.exitCode) }
    }

    private static func text(of path: String) throws -> String {
        do { return try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
            throw ValidationError(
                """
                The expected failures cannot be read from \(path): \(error.localizedDescription) Give --expected-failures a text file with a scenario or \
                scenario:check a line, or leave it out where no failure is known.
                """)
        }
    }

    private func write(_ report: String) throws {
        guard let output else { return FileHandle.standardOutput.write(Data(report.utf8)) }
        do { try Data(report.utf8).write(to: URL(filePath: output)) } catch {
            throw ValidationError("The report cannot be written to \(output): \(error.localizedDescription)")
        }
    }

    private static func write(_ text: String, to handle: FileHandle) { handle.write(Data((text + "\n").utf8)) }
}
