import Foundation
import Testing

/// `mcp-conformance`, as somebody starts it.
@Suite struct CommandLineTests {
    /// - Returns: The exit code, and standard error.
    private func run(_ arguments: [String]) throws -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: Programs.suite)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    /// A revision without scenarios for clients is named, rather than passed by or failed in silence.
    @Test func aRevisionWithoutScenariosIsSaidToHaveNone() throws {
        let (code, text) = try run(["client", "--command", "true", "--requirements", "2024-11-05"])
        #expect(code == 64)
        #expect(text.contains("Clients are tested from 2025-03-26 on"))
    }

    /// A client that knows the official scenarios alone is asked no others.
    @Test func onlyTheScoredScenariosAreRun() throws {
        let (code, text) = try run(["client", "--command", "true", "--requirements", "2025-11-25", "--scored"])
        #expect(code == 1)
        #expect(text.contains("0/18 scored scenarios passed"))
        #expect(!text.contains("additional"))
    }

    @Test func anAnswerMayTakeAsLongAsIsSaid() throws {
        let (code, text) = try run(
            ["server", "--stdio", "cat >/dev/null", "--requirements", "2025-11-25", "--scenario", "ping", "--answer-timeout", "1"])
        #expect(code == 1)
        #expect(text.contains("longer than 1.0 seconds"))
    }

    @Test(arguments: [("--expected-failures", "a text file with a scenario"), ("--schemas", "<revision>/schema.json")])
    func aFileThatIsNotThereIsNamed(_ option: String, _ advice: String) throws {
        let (code, text) = try run(["server", "--url", "http://127.0.0.1:9/mcp", option, "/nonexistent"])
        #expect(code == 64)
        #expect(text.contains("/nonexistent") && text.contains(advice) && !text.contains("Domain="), "\(text)")
    }

    @Test(arguments: [["--header", "no colon"], ["--header", "two words:x"], ["--answer-timeout", "0"]]) func aWrongOptionIsRefused(_ option: [String]) throws {
        #expect(try run(["server", "--url", "http://127.0.0.1:9/mcp"] + option).code == 64)
    }
}
