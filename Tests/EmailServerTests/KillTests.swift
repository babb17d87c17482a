import Foundation
import Testing

@testable import EmailServer

/// A real process that writes and is really killed.
struct KillTests {
    /// The writer that is built beside the tests.
    private static var writer: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "mail-store-writer")
    }

    /// Runs the writer, kills it after some accepted messages, and gives back everything that it said it accepted.
    private static func runAndKill(_ directory: String, first: Int, after lines: Int) throws -> [(number: Int, id: String)] {
        let process = Process()
        let output = Pipe()
        process.executableURL = writer
        process.arguments = [directory, String(first)]
        process.standardOutput = output
        try process.run()
        var text = Data()
        while text.count(where: { $0 == 0x0A }) < lines {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            text += more
        }
        kill(process.processIdentifier, SIGKILL)
        text += output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let number = Int(words[0]) else { return nil }
            return (number, String(words[1]))
        }
    }

    @Test func nothingAcceptedIsLostOrDoubledByKill9() async throws {
        let directory = try TemporaryDirectory()
        var accepted: [Int: String] = [:]
        var random = SeededRandom(seed: 7)
        for _ in 0..<25 {
            // Begins again with the message that may or may not have been stored: its key makes sure that it is there once.
            let first = accepted.keys.max() ?? 0
            let lines = 1 + random.next(below: 12)
            let path = directory.path
            for (number, id) in try await blocking({ try Self.runAndKill(path, first: first, after: lines) }) {
                #expect(accepted[number] == nil || accepted[number] == id, "message \(number) was stored twice")
                accepted[number] = id
            }
        }
        let mailbox = try MailboxTests.open(directory.path, sampleMail: false)
        #expect(accepted.count > 50)
        for (number, id) in accepted {
            let message = try await mailbox.message(id: id)
            #expect(message.summary.subject == "Message \(number)")
            #expect(message.text.split(separator: "\n").count == 40)
        }
        let subjects = await mailbox.allSubjects()
        #expect(Set(subjects).count == subjects.count)
        // At most the one message after the last accepted one can be there as well.
        #expect(subjects.count - accepted.count <= 1)
    }
}

extension EmbeddedMailbox {
    fileprivate func allSubjects() async -> [String] {
        var subjects: [String] = []
        var cursor: String?
        repeat {
            guard let page = try? search(MailSearchRequest(query: "in:outbox", limit: 100, cursor: cursor)) else { break }
            subjects += page.messages.map(\.subject)
            cursor = page.nextCursor
        } while cursor != nil
        return subjects
    }
}
