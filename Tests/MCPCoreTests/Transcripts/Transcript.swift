import Foundation
import MCPCore
import Testing

/// The file of a transcript: an argument of a test, which reads it and fails where that cannot be read.
struct TranscriptFile: Sendable, CustomTestStringConvertible {
    var url: URL
    var era: String { url.deletingLastPathComponent().lastPathComponent }
    var testDescription: String { "\(era)/\(url.lastPathComponent)" }

    func read() throws -> Transcript { try Transcript(url) }

    /// All files of an era. `scripts/check-requirements` relies on it: what lies in the folder is played.
    static func all(_ era: String) -> [TranscriptFile] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Transcripts/\(era)")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.map { TranscriptFile(url: $0) }
    }
}

/// A conversation in a file: what the client sends (`> `), what the server sends (`< `), and remarks (`# `).
///
/// Lines that begin with `@ ` set the stage: `@ server NAME` and `@ pageSize N`, `@ journal N` before the first message;
/// `@ advance MILLISECONDS` moves the clock, `@ steps N` says how often the step of `ask_twice` has run, `@ end` closes the input,
/// `@ task ID STATUS [N]` waits until the task whose id begins like that has the status or status message, and N open questions.
/// `>! ` marks a message that the schema of its revision does not allow, on purpose; `<! ` one for which the revision has no valid
/// spelling. `<= ` is compared as JSON and not byte for byte, where the order of members is a matter of timing; `<~ ` lines that follow
/// each other come in any order, and stand sorted.
struct Transcript: Sendable {
    struct Line: Sendable {
        enum Kind: String, Sendable { case input = ">", output = "<", comment = "#", directive = "@", blank = "" }
        var number: Int
        var kind: Kind
        /// What stands right behind the kind: `!`, `=` or nothing.
        var mark: String
        var text: String

        /// The line as it stands in the file.
        var source: String { text.isEmpty ? kind.rawValue + mark : kind.rawValue + mark + " " + text }
    }

    var file: URL
    var lines: [Line]
    var era: String { file.deletingLastPathComponent().lastPathComponent }
    var testDescription: String { "\(era)/\(file.lastPathComponent)" }

    init(_ file: URL) throws {
        self.file = file
        var lines: [Line] = []
        let text = try String(contentsOf: file, encoding: .utf8)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let kind = Line.Kind(rawValue: String(line.prefix(1))) else {
                throw MalformedTranscript(file: file.lastPathComponent, line: index + 1)
            }
            let mark = line.dropFirst().prefix { $0 != " " }
            lines.append(
                Line(number: index + 1, kind: kind, mark: String(mark), text: String(line.dropFirst(1 + mark.count).drop { $0 == " " })))
        }
        while lines.last?.kind == .blank { lines.removeLast() }
        guard lines.contains(where: { $0.kind == .output }) else { throw MalformedTranscript(file: file.lastPathComponent, line: lines.count) }
        self.lines = lines
    }

    /// The values of a directive, in order.
    func directives(_ name: String) -> [String] {
        lines.filter { $0.kind == .directive }.compactMap { line in
            let words = line.text.split(separator: " ")
            return words.first.map(String.init) == name ? words.dropFirst().joined(separator: " ") : nil
        }
    }
}

struct MalformedTranscript: Error, CustomStringConvertible {
    var file: String
    var line: Int
    var description: String { "\(file):\(line): a line begins with >, <, # or @, and the server says something" }
}
