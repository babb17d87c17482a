import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// The demonstration model knows no table, tool or server by name: what it does with ours it does with any.
@Suite(.timeLimit(.minutes(2))) struct DemonstrationModelSourceTests {
    /// Names that are also plain words, and the files that use them as such (docs/design/demonstration-model.md).
    private static let words: [String: Set<String>] = [
        // A verb of searching; what many servers call their search text; what a reader calls a statement.
        "query": ["Words.swift", "ToolProfile.swift", "DataAnswer.swift"],
        // A synonym of mail, a verb of sending, and a `format` of JSON Schema.
        "email": ["Words.swift", "ToolProfile.swift", "ArgumentFiller.swift", "ToolChoice.swift"],
    ]

    /// The names of both built-in servers, their tools, connections and tables.
    private static func names() async throws -> Set<String> {
        let data = try StoreDirectory()
        let servers = [
            ServerEntry(
                name: "query", place: .process(command: ServerPrograms.path("query-server"), arguments: [], environment: [:], workingDirectory: nil),
                isTrusted: true),
            ServerEntry(
                name: "email",
                place: .process(
                    command: ServerPrograms.path("email-server"), arguments: ["--data", data.path + "/mail"], environment: [:], workingDirectory: nil),
                isTrusted: true),
        ]
        return try await MCPHost.running(servers) { host in
            try #require(await host.health { $0.allSatisfy { $0.state == .ready } } != nil)
            var names = Set(await host.tools().flatMap { [$0.id.server, $0.id.tool] })
            let found = try await host.call(
                ToolNameTable.Tool(server: "query", tool: "search_schema"), arguments: [:], observer: CallRecorder())
            for table in found.structuredContent?["tables"]?.array ?? [] {
                names.formUnion(["name", "table", "connection"].compactMap { table[$0]?.string })
            }
            return names
        }
    }

    /// Words of letters, digits and underscores, in lower case, with a blank between them.
    private static func flattened(_ text: String) -> String {
        " " + text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.joined(separator: " ") + " "
    }

    @Test func noNameOfTheBuiltInServersStandsInItsSources() async throws {
        let names = try await Self.names()
        // The catalogue was there.
        for expected in ["query", "email", "run_query", "send_email", "customers", "orders", "order_lines", "products"] {
            try #require(names.contains(expected), "\(names)")
        }
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Orchestrator/Model/Demonstration")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).filter { $0.pathExtension == "swift" }
        try #require(files.count > 10)
        for file in files {
            let text = Self.flattened(try String(contentsOf: file, encoding: .utf8))
            for name in names where Self.words[name]?.contains(file.lastPathComponent) != true {
                for form in [name.lowercased(), name.lowercased().replacing("_", with: " ")] {
                    #expect(!text.contains(" \(form) "), "\(file.lastPathComponent) names \(name)")
                }
            }
        }
    }
}
