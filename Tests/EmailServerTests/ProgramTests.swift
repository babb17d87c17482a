import Foundation
import MCPTransport
import Testing

@testable import EmailServer

/// The program itself, as a host starts it.
struct ProgramTests {
    struct Output: Sendable {
        var status: Int32
        var answers: [JSONValue]
        var errors: String
    }

    /// Runs the program with lines on its standard input, until it ends by itself.
    private func run(_ arguments: [String], input: [String] = [], environment: [String: String] = [:]) async throws -> Output {
        try await blocking {
            let (status, output, errors) = try Self.runBlocking(arguments, input: input, environment: environment)
            return Output(status: status, answers: try output.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) }, errors: errors)
        }
    }

    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "email-server")

    private static func runBlocking(
        _ arguments: [String], input: [String], environment: [String: String]
    ) throws -> (status: Int32, output: Data, errors: String) {
        let process = Process()
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.map { $0 + "\n" }.joined().utf8))
        try standardInput.fileHandleForWriting.close()
        let answers = output.fileHandleForReading.readDataToEndOfFile()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, answers, String(decoding: text, as: UTF8.self))
    }

    private func call(_ id: Int, _ tool: String, _ arguments: JSONValue) -> String {
        let request: JSONValue = [
            "jsonrpc": "2.0", "id": .integer(Int64(id)), "method": "tools/call",
            "params": [
                "name": .string(tool), "arguments": arguments,
                "_meta": [
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientInfo": ["name": "test", "version": "1"],
                    "io.modelcontextprotocol/clientCapabilities": [:],
                ],
            ],
        ]
        return request.serializedString
    }

    @Test func whatOneProcessSendsTheNextOneFinds() async throws {
        let directory = try TemporaryDirectory()
        let arguments: JSONValue = ["to": ["alice@example.com"], "subject": "Übersicht", "body": "Alles bezahlt.", "idempotencyKey": "k1"]
        let first = try await run(["--data", "\(directory.path)/mail"], input: [call(1, "send_email", arguments)])
        #expect(first.status == 0)
        let sent = try #require(first.answers.first?["result"]?["structuredContent"])
        #expect(sent["state"] == "queued")
        let second = try await run(
            ["--data", "\(directory.path)/mail", "--log-level", "error"],
            input: [call(1, "search_emails", ["query": "in:outbox ubersicht"])])
        #expect(second.answers.first?["result"]?["structuredContent"]?["messages"]?[0]?["id"] == sent["id"])
        #expect(second.errors == "")
    }

    @Test func whatIsWrongIsSaidOnStandardError() async throws {
        let directory = try TemporaryDirectory()
        let mailbox = try MailboxTests.open(directory.path)
        let locked = try await run(["--data", directory.path])
        #expect(locked.status != 0 && locked.answers.isEmpty && locked.errors.contains("in use by another email server"))
        withExtendedLifetime(mailbox) {}
        let wrong = try await run(["--data", directory.path, "--log-level", "loud"])
        #expect(wrong.status != 0 && wrong.answers.isEmpty && wrong.errors.contains("debug"))
        let file = "\(directory.path)/settings.json"
        try #"{"sampleMial": false}"#.write(toFile: file, atomically: true, encoding: .utf8)
        let misspelt = try await run(["--config", file])
        #expect(misspelt.status != 0 && misspelt.answers.isEmpty && misspelt.errors.contains("sampleMial"))
    }

    @Test func helpAndVersion() async throws {
        let help = try await blocking { try Self.runBlocking(["--help"], input: [], environment: [:]) }
        let text = String(decoding: help.output, as: UTF8.self)
        #expect(help.status == 0 && help.errors == "")
        for word in ["--data", "--no-sample-mail", "--http", "--tokens", "EMAIL_SERVER_DATA", "EMAIL_SERVER_SAMPLE_MAIL", "EMAIL_SERVER_HTTP_PORT"] {
            #expect(text.contains(word), "\(word) is missing in \(text)")
        }
        let version = try await blocking { try Self.runBlocking(["--version"], input: [], environment: [:]) }
        #expect(version.status == 0 && String(decoding: version.output, as: UTF8.self) == "\(EmailServerCommand.version)\n")
    }

    @Test func settingsComeFromFlagsEnvironmentAndFile() async throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/settings.json"
        try #"{"sampleMail": true, "data": "\#(directory.path)/file", "log": {"level": "error"}}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        func total(_ arguments: [String], _ environment: [String: String]) async throws -> (total: Int64?, errors: String) {
            let output = try await run(arguments, input: [call(1, "search_emails", ["query": ""])], environment: environment)
            return (output.answers.first?["result"]?["structuredContent"]?["total"]?.integer, output.errors)
        }
        let environment = [
            "EMAIL_SERVER_DATA": "\(directory.path)/environment", "EMAIL_SERVER_SAMPLE_MAIL": "false", "EMAIL_SERVER_LOG_LEVEL": "info",
        ]
        let sampleMail = Int64(SampleMail.messages(now: MailboxTests.now).count)
        #expect(try await total(["--config", file], [:]) == (sampleMail, ""))
        let fromEnvironment = try await total(["--config", file], environment)
        #expect(fromEnvironment.total == 0 && fromEnvironment.errors.contains("\(directory.path)/environment"))
        let fromFlags = try await total(["--config", file, "--data", "\(directory.path)/flag", "--sample-mail", "--log-level", "error"], environment)
        #expect(fromFlags == (sampleMail, ""))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["environment", "file", "flag", "settings.json"])
        let wrong = try await run([], environment: ["EMAIL_SERVER_DATA": "\(directory.path)/x", "EMAIL_SERVER_SAMPLE_MAIL": "maybe"])
        #expect(wrong.status != 0 && wrong.errors.contains("EMAIL_SERVER_SAMPLE_MAIL") && wrong.errors.contains("true or false"))
    }

    /// The port comes from the environment, too.
    @Test(arguments: [EraSelection.auto, .handshake]) func servesOverHTTP(era: EraSelection) async throws {
        let directory = try TemporaryDirectory()
        let process = Process()
        let output = Pipe()
        process.executableURL = Self.program
        process.arguments = ["--data", "\(directory.path)/mail"]
        process.environment = ProcessInfo.processInfo.environment.merging(["EMAIL_SERVER_HTTP_PORT": "0"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let url = try await blocking {
            String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        try await withClient(.http(url), configuration: ClientConfiguration(era: era)) { client in
            let sent = try await client.callTool("send_email", ["to": ["alice@example.com"], "subject": "Zebra", "body": "Hello"])
            let found = try await client.callTool("search_emails", ["query": "in:outbox zebra"])
            #expect(found.structuredContent?["messages"]?[0]?["id"] == sent.structuredContent?["id"])
            #expect(sent.structuredContent?["state"] == "queued")
        }
    }

    @Test func settingsOfTheFileCount() async throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/settings.json"
        try #"{"sampleMail": false, "data": "\#(directory.path)/mail"}"#.write(toFile: file, atomically: true, encoding: .utf8)
        let output = try await run(["--config", file], input: [call(1, "search_emails", ["query": ""])])
        #expect(output.answers.first?["result"]?["structuredContent"]?["total"] == 0)
        #expect(output.errors.contains("\(directory.path)/mail"))
    }
}
