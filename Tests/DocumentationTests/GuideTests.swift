import Foundation
import Testing

/// What the guides in `docs` show compiles. Most of it is not run: it serves for ever, or opens a browser.
@Suite struct GuideTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
    private static let guides = directory.appending(path: "../../docs").standardizedFileURL
    /// The guides with Swift in them, by the file that compiles it. `macros.md` is held by the tests of the macros.
    private static let compiled = ["protect-a-server": "ProtectAServer.swift", "sign-in-from-a-client": "SignInFromAClient.swift"]

    private static func examples(_ guide: String) throws -> [String] {
        try String(contentsOf: guides.appending(path: "\(guide).md"), encoding: .utf8).components(separatedBy: "```swift\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
    }

    private static func lines(_ text: String) -> [String] { text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } }

    @Test func everyGuideWithSwiftIsCompiled() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.guides.path).filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
        let withSwift = try names.filter { try !Self.examples($0).isEmpty }
        #expect(Set(withSwift) == Set(Self.compiled.keys).union(["macros"]))
    }

    @Test(arguments: compiled.keys.sorted()) func everyLineIsCompiled(_ guide: String) throws {
        let file = try #require(Self.compiled[guide])
        var rest = Self.lines(try String(contentsOf: Self.directory.appending(path: file), encoding: .utf8))[...]
        for line in try Self.examples(guide).flatMap(Self.lines) {
            guard let place = rest.firstIndex(of: line) else {
                Issue.record("A line of \(guide).md is not in \(file), or not in this order: \(line)")
                return
            }
            rest = rest[(place + 1)...]
        }
    }
}
