import Foundation

/// The articles of the DocC catalogue, and the regions of this folder that their code is taken from.
///
/// A region stands between `// snippet: begin` and `// snippet: end`; the article `Tools.md` shows those of `Tools.swift`, in order.
enum Articles {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    static let catalogue = folder.appending(path: "../../Sources/MCPCore/MCPCore.docc").standardizedFileURL

    /// The names of all articles but the first page.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: catalogue.path)) ?? []
        return files.filter { $0.hasSuffix(".md") && $0 != "MCPCore.md" }.map { String($0.dropLast(3)) }.sorted()
    }()

    static func text(_ name: String) throws -> String { try String(contentsOf: catalogue.appending(path: "\(name).md"), encoding: .utf8) }

    static func source(_ name: String) throws -> String { try String(contentsOf: folder.appending(path: "\(name).swift"), encoding: .utf8) }

    /// The Swift code of an article.
    static func code(_ name: String) throws -> [String] {
        try text(name).components(separatedBy: "```swift\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
    }

    /// What stands outside the regions: the tests, and what they need.
    static func outside(_ name: String) throws -> String {
        try source(name).components(separatedBy: "// snippet: begin").enumerated().map { index, part in
            index == 0 ? part : part.components(separatedBy: "// snippet: end").dropFirst().joined()
        }.joined()
    }

    /// What the regions declare, by name, with its code.
    static func declarations(_ name: String) throws -> [String: String] {
        let declaration = /^(?:@\w+(?:\([^)]*\))? )*(?:(?:public|private|final) )*(?:func|struct|enum|class|actor|let|var) (\w+)/
        var declarations: [String: String] = [:]
        for region in try regions(name) {
            var current: String?
            for line in region.components(separatedBy: "\n") {
                if let found = line.firstMatch(of: declaration) { current = String(found.1) }
                if let current { declarations[current, default: ""] += line + "\n" }
            }
        }
        return declarations
    }

    /// The declarations that some code names, and those that these name.
    static func reached(_ declarations: [String: String], from code: String) -> Set<String> {
        func words(_ text: String) -> Set<String> { Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)) }
        var reached: Set<String> = []
        var waiting = words(code).intersection(declarations.keys)
        while let name = waiting.popFirst() {
            reached.insert(name)
            waiting.formUnion(words(declarations[name] ?? "").intersection(declarations.keys).subtracting(reached))
        }
        return reached
    }

    /// The regions of the file with the article's name, without their indentation.
    static func regions(_ name: String) throws -> [String] {
        try source(name).components(separatedBy: "// snippet: begin\n").dropFirst().compactMap { part in
            guard let region = part.components(separatedBy: "// snippet: end").first else { return nil }
            var lines = region.components(separatedBy: "\n")
            // What is left of the line with the end mark.
            lines.removeLast()
            let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
            return lines.map { String($0.dropFirst(indentation)) }.joined(separator: "\n")
        }
    }
}
