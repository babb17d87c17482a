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
