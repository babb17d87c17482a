import ConformanceSchemas
import Foundation
import MCPCore

/// A message to hold against schemas, with what has to be known about it.
struct CorpusMessage: Sendable, Hashable {
    var source: String
    var json: JSONValue
    var sender: Party
    var answering: String?
    /// The revision that it was written for.
    var revision: ProtocolRevision
}

/// Real messages: those of the transcripts, and the examples of the specification in the messages that they belong to.
enum MessageCorpus {
    /// The messages of a transcript, which are marked `>` and `<` and stand each on a line of their own.
    static func transcript(_ file: URL, era: ProtocolRevision.Era) throws -> [CorpusMessage] {
        var revision: ProtocolRevision = era == .handshake ? .latestHandshake : .latest
        var methods: [Party: [JSONValue: String]] = [:]
        var corpus: [CorpusMessage] = []
        for (index, line) in try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let mark = line.first, mark == ">" || mark == "<", let start = line.firstIndex(of: "{"),
                let json = try? JSONValue(parsing: String(line[start...]))
            else { continue }
            let sender: Party = mark == ">" ? .client : .server
            var answering: String?
            let id = json["id"] ?? .null
            if let method = json["method"]?.string {
                methods[sender, default: [:]][id] = method
                let named = method == "initialize" ? json["params"]?["protocolVersion"] : json["params"]?["_meta"]?[MetaKey.protocolVersion]
                if let asked = named?.string.flatMap(ProtocolRevision.init) { revision = asked }
            } else {
                answering = methods[sender.other]?[id]
                if answering == "initialize", let agreed = json["result"]?["protocolVersion"]?.string.flatMap(ProtocolRevision.init) { revision = agreed }
            }
            corpus.append(
                CorpusMessage(
                    source: "\(file.lastPathComponent):\(index + 1)", json: json, sender: sender, answering: answering, revision: revision))
        }
        return corpus
    }

    static func transcripts(_ folder: URL) throws -> [CorpusMessage] {
        try [(folder.appending(path: "handshake"), ProtocolRevision.Era.handshake), (folder.appending(path: "per-request"), .perRequest)].flatMap {
            folder, era in
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "jsonl" }.sorted { $0.path < $1.path }
                .flatMap { try transcript($0, era: era) }
        }
    }

    /// The examples of 2026-07-28, each in a message of 2026-07-28, and where the older revisions put it elsewhere also in one of 2025-11-25.
    static func examples(_ folder: URL) throws -> (placed: [CorpusMessage], unplaced: [String]) {
        var placed: [CorpusMessage] = []
        var unplaced: [String] = []
        let definitions = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for definition in definitions.sorted(by: { $0.path < $1.path }) {
            let files = try FileManager.default.contentsOfDirectory(at: definition, includingPropertiesForKeys: nil)
            for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "json" {
                let source = "\(definition.lastPathComponent)/\(file.lastPathComponent)"
                let value = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
                let messages = ExamplePlacement(source: source, definition: definition.lastPathComponent, value: value).messages
                if messages.isEmpty { unplaced.append(source) }
                placed += messages
            }
        }
        return (placed, unplaced)
    }
}
