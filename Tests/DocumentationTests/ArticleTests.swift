import Foundation
import Testing

/// What the articles show is compiled and run.
@Suite struct ArticleTests {
    @Test func theCatalogueIsThere() { #expect(Articles.names.count >= 28) }

    @Test(arguments: Articles.names) func theCodeOfAnArticleIsWhatIsCompiled(_ name: String) throws {
        let code = try Articles.code(name)
        #expect(!code.isEmpty, "\(name).md shows no Swift")
        #expect(try code == Articles.regions(name), "\(name).md and \(name).swift differ")
    }

    /// An example that nothing runs may compile and still be wrong: whatever an article declares is named by a test beside it, or by what such a test names.
    @Test(arguments: Articles.names) func theCodeOfAnArticleIsRun(_ name: String) throws {
        let outside = try Articles.outside(name)
        #expect(outside.contains("@Test"), "\(name).swift runs nothing of what it shows")
        let declarations = try Articles.declarations(name)
        #expect(!declarations.isEmpty)
        #expect(Set(declarations.keys).subtracting(Articles.reached(declarations, from: outside)) == [], "\(name).swift does not run these")
    }

    @Test func whatNoTestNamesIsFound() {
        let declarations = ["run": "func run() { make() }", "make": "func make() {}", "forgotten": "func forgotten() { run() }"]
        #expect(Articles.reached(declarations, from: "@Test func runs() { run() }") == ["run", "make"])
        #expect(Articles.reached(declarations, from: "@Test func runs() { rerun() }") == [])
    }

    @Test(arguments: Articles.names) func theFirstPageLeadsToTheArticle(_ name: String) throws {
        #expect(try Articles.text("MCPCore").contains("<doc:\(name)>"))
    }
}
