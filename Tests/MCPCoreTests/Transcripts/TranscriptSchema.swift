import MCPCore
import TestSupport
import Testing

/// Holds each message of a transcript against the published schema of its revision.
struct TranscriptSchema {
    let transcript: Transcript
    private var messages: MessageSchema

    init(_ transcript: Transcript) {
        self.transcript = transcript
        messages = MessageSchema(revision: transcript.era == "handshake" ? "2025-11-25" : "2026-07-28")
    }

    mutating func check() throws {
        for line in transcript.lines where line.kind == .input || line.kind == .output {
            var violations: [String]
            if let message = try? JSONValue(parsing: line.text) {
                violations = message == [] ? ["an empty batch"] : []
                for one in message.array ?? [message] { violations += try messages.check(one, from: line.kind == .input ? .client : .server) }
            } else {
                violations = ["no JSON"]
            }
            if line.mark.contains("!") {
                #expect(!violations.isEmpty, "\(transcript.testDescription):\(line.number) is marked as invalid and is not: \(line.text)")
            } else {
                #expect(violations.isEmpty, "\(transcript.testDescription):\(line.number): \(violations) in \(line.text)")
            }
        }
    }
}
