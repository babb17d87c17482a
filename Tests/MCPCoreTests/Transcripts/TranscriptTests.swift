import Foundation
import TestSupport
import Testing

/// Whole conversations, byte for byte, one folder an era (`Tests/Transcripts`).
struct TranscriptTests {
    @Test(.timeLimit(.minutes(2)), arguments: TranscriptFile.all("handshake"))
    func handshake(_ file: TranscriptFile) async throws { try await TranscriptRun(transcript: file.read()).run() }

    @Test(.timeLimit(.minutes(2)), arguments: TranscriptFile.all("per-request"))
    func perRequest(_ file: TranscriptFile) async throws { try await TranscriptRun(transcript: file.read()).run() }

    @Test(.needsSpecification, arguments: TranscriptFile.all("handshake") + TranscriptFile.all("per-request"))
    func everyMessageFitsTheSchemaOfItsRevision(_ file: TranscriptFile) throws {
        var schema = TranscriptSchema(try file.read())
        try schema.check()
    }

    @Test func noTranscriptIsMissing() {
        #expect(TranscriptFile.all("handshake").count >= 40)
        #expect(TranscriptFile.all("per-request").count >= 30)
    }

    @Test(arguments: ["", "# Nobody says anything.", "> {}", "{}\n< {}", "> {}\n< {}\n~ {}"]) func whatIsNoTranscriptIsRefused(_ text: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: MalformedTranscript.self) { try TranscriptFile(url: file).read() }
    }
}
