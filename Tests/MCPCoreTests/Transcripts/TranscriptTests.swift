import Foundation
import TestSupport
import Testing

/// Whole conversations, byte for byte, one folder an era (`Tests/Transcripts`).
struct TranscriptTests {
    @Test(.timeLimit(.minutes(2)), arguments: Transcript.all("handshake"))
    func handshake(_ transcript: Transcript) async throws { try await TranscriptRun(transcript: transcript).run() }

    @Test(.timeLimit(.minutes(2)), arguments: Transcript.all("per-request"))
    func perRequest(_ transcript: Transcript) async throws { try await TranscriptRun(transcript: transcript).run() }

    // With CI=true the missing schema is a failure and no skip.
    @Test(
        .enabled(
            if: SpecificationSchema.directory != nil || ProcessInfo.processInfo.environment["CI"] == "true",
            "the schemas of the specification are neither in MCP_SPEC_DIR nor in ../shared/spec"),
        arguments: Transcript.all("handshake") + Transcript.all("per-request"))
    func everyMessageFitsTheSchemaOfItsRevision(_ transcript: Transcript) throws {
        var schema = TranscriptSchema(transcript)
        try schema.check()
    }

    @Test func noTranscriptIsMissing() {
        #expect(Transcript.all("handshake").count >= 10)
        #expect(Transcript.all("per-request").count >= 10)
    }
}
