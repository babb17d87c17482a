import Foundation
import MCPCore
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
    private func run(_ arguments: [String], input: [String] = []) async throws -> Output {
        try await blocking { try Self.runBlocking(arguments, input: input) }
    }

    private static func runBlocking(_ arguments: [String], input: [String]) throws -> Output {
        let process = Process()
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "email-server")
        process.arguments = arguments
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.map { $0 + "\n" }.joined().utf8))
        try standardInput.fileHandleForWriting.close()
        let answers = output.fileHandleForReading.readDataToEndOfFile()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus,
            answers: try answers.split(separator: 0x0A).map { try JSONValue(parsing: Array($0)) },
            errors: String(decoding: text, as: UTF8.self))
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

    @Test func settingsOfTheFileCount() async throws {
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/settings.json"
        try #"{"sampleMail": false, "data": "\#(directory.path)/mail"}"#.write(toFile: file, atomically: true, encoding: .utf8)
        let output = try await run(["--config", file], input: [call(1, "search_emails", ["query": ""])])
        #expect(output.answers.first?["result"]?["structuredContent"]?["total"] == 0)
        #expect(output.errors.contains("\(directory.path)/mail"))
    }
}
