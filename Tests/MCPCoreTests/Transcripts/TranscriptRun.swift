import ConformanceFixtures
import Foundation
import MCPCore
import Synchronization
import Testing

/// Plays the client's part of a transcript against a `ServerConnection` and holds what comes back against the server's part.
struct TranscriptRun {
    let transcript: Transcript
    /// Writes what came into the file instead of comparing (`RECORD_TRANSCRIPTS=1`); the difference is for a person to read.
    let isRecording = ProcessInfo.processInfo.environment["RECORD_TRANSCRIPTS"] == "1"

    func run() async throws {
        let stage = TranscriptStage(transcript)
        let server = stage.server
        try server.validate()
        let sink = TranscriptSink()
        let connection = ServerConnection(server: server, sink: sink)
        let (inbound, input) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
        let serving = Task {
            defer { sink.end() }
            try await connection.run(inbound)
        }
        defer { serving.cancel() }
        var outputs = sink.messages.makeAsyncIterator()
        var recorded: [String] = []
        var unordered: [String] = []
        var isGoingWell = true
        for (index, line) in transcript.lines.enumerated() {
            var source = line.source
            switch line.kind {
            case .input: input.yield(.messages([Array(line.text.utf8)]))
            case .output where isGoingWell:
                if line.mark.contains("~"), unordered.isEmpty {
                    for _ in transcript.lines[index...].prefix(while: { $0.kind == .output && $0.mark.contains("~") }) {
                        if let message = await Self.next(&outputs, from: sink) { unordered.append(message) }
                    }
                    unordered.sort()
                }
                let given = unordered.isEmpty ? await Self.next(&outputs, from: sink) : unordered.removeFirst()
                guard let message = given else {
                    Issue.record("\(transcript.testDescription):\(line.number): nothing came, expected \(line.text)")
                    isGoingWell = false
                    break
                }
                if isRecording { source = "<\(line.mark) \(message)" } else { expect(message, line) }
            case .directive: try await perform(line, stage, input)
            case .output, .comment, .blank: break
            }
            recorded.append(source)
        }
        input.finish()
        while isGoingWell, let message = await Self.next(&outputs, from: sink) {
            Issue.record("\(transcript.testDescription): the server also sent \(message)")
        }
        if isRecording, isGoingWell { try Data((recorded.joined(separator: "\n") + "\n").utf8).write(to: transcript.file) }
    }

    private func expect(_ message: String, _ line: Transcript.Line) {
        if line.mark.contains("=") {
            let (found, expected) = (try? JSONValue(parsing: message), try? JSONValue(parsing: line.text))
            #expect(found == expected, "\(transcript.testDescription):\(line.number)")
        } else {
            #expect(message == line.text, "\(transcript.testDescription):\(line.number)")
        }
    }

    private func perform(
        _ line: Transcript.Line, _ stage: TranscriptStage, _ input: AsyncThrowingStream<InboundFrames, any Error>.Continuation
    ) async throws {
        let words = line.text.split(separator: " ").map(String.init)
        switch (words.first, words.dropFirst().first.flatMap { Int64($0) }) {
        case ("end", nil): input.finish()
        case ("advance", let milliseconds?): stage.advance(milliseconds)
        case ("steps", let count?): #expect(Int64(stage.steps.count) == count, "\(transcript.testDescription):\(line.number)")
        case ("task", _?) where words.count > 2:
            let keys = words.dropFirst(3).first.flatMap { Int($0) }
            await stage.tasks.task { task in
                task.id.hasPrefix(words[1]) && [task.json["status"]?.string, task.statusMessage].contains(words[2])
                    && (keys == nil || task.openKeys.count == keys)
            }
        case ("server", nil), ("pageSize", _?), ("journal", _?), ("revision", nil): break
        default: throw MalformedTranscript(file: transcript.testDescription, line: line.number)
        }
    }

    /// The next message; `nil` at the end, and where none comes for so long that the server must be stuck.
    private static func next(_ outputs: inout AsyncStream<String>.Iterator, from sink: TranscriptSink) async -> String? {
        let watchdog = Task {
            try await Task.sleep(for: .seconds(30))
            sink.end()
        }
        defer { watchdog.cancel() }
        return await outputs.next(isolation: nil)
    }
}

/// What the server writes.
final class TranscriptSink: MessageSink {
    let messages: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (messages, continuation) = AsyncStream.makeStream(of: String.self) }

    func write(_ message: [UInt8]) async throws { continuation.yield(String(decoding: message, as: UTF8.self)) }

    func end() { continuation.finish() }
}
