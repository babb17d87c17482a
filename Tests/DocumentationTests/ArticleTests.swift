import Foundation
import Testing

/// What the articles show is compiled and run.
@Suite struct ArticleTests {
    @Test func theCatalogueIsThere() { #expect(Articles.names.count >= 26) }

    @Test(arguments: Articles.names) func theCodeOfAnArticleIsWhatIsCompiled(_ name: String) throws {
        let code = try Articles.code(name)
        #expect(!code.isEmpty, "\(name).md shows no Swift")
        #expect(try code == Articles.regions(name), "\(name).md and \(name).swift differ")
    }

    /// An example that nothing runs may compile and still be wrong.
    @Test(arguments: Articles.names) func theCodeOfAnArticleIsRun(_ name: String) throws {
        let outside = try Articles.source(name).components(separatedBy: "// snippet: end").dropFirst().joined()
        #expect(outside.contains("@Test"), "\(name).swift runs nothing of what it shows")
    }

    @Test(arguments: Articles.names) func theFirstPageLeadsToTheArticle(_ name: String) throws {
        #expect(try Articles.text("MCPCore").contains("<doc:\(name)>"))
    }
}
