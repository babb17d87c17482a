import Foundation
import TestSupport
import Testing

/// A test that needs the specification is skipped only where nobody has said that there is one.
@Suite struct SpecificationPlaceTests {
    /// A directory with a package, beside which the specification lies or not, and one more that is the specification or not.
    private func place(beside: Bool, named: String?, isThere: Bool, ci: Bool = false) throws -> SpecificationPlace {
        let root = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, exists) in [("package", true), ("shared/spec/schema", beside), ("named/schema", isThere)] where exists {
            try FileManager.default.createDirectory(at: root.appending(path: path), withIntermediateDirectories: true)
        }
        var environment: [String: String] = [:]
        if let named { environment["MCP_SPEC_DIR"] = named.isEmpty ? "" : root.appending(path: named).path }
        if ci { environment["CI"] = "true" }
        return SpecificationPlace.find(environment, package: root.appending(path: "package"))
    }

    @Test func itIsBesideThePackageOrWhereItIsSaidToBe() throws {
        #expect(try place(beside: true, named: nil, isThere: false).required().path.hasSuffix("/shared/spec"))
        #expect(try place(beside: true, named: "", isThere: false).required().path.hasSuffix("/shared/spec"))
        #expect(try place(beside: true, named: "named", isThere: true).required().path.hasSuffix("/named"))
        #expect(try place(beside: false, named: "named", isThere: true, ci: true).required().path.hasSuffix("/named"))
    }

    @Test func withoutItTestsAreSkippedWithAReason() throws {
        let absent = try place(beside: false, named: nil, isThere: false)
        #expect(absent.reasonToSkip?.contains("../shared/spec") == true)
        #expect(throws: SpecificationMissing.self) { try absent.required() }
    }

    @Test(arguments: [(false, nil, true), (true, "named", false), (false, "named", false), (true, "named", true)] as [(Bool, String?, Bool)])
    func aWrongDirectoryAndARunThatMustHaveItAreNoReasonToSkip(_ beside: Bool, _ named: String?, _ ci: Bool) throws {
        let missing = try place(beside: beside, named: named, isThere: false, ci: ci)
        #expect(missing.reasonToSkip == nil)
        let error = #expect(throws: SpecificationMissing.self) { try missing.required() }
        #expect(error?.description.contains("MCP_SPEC_DIR") == true)
    }
}
