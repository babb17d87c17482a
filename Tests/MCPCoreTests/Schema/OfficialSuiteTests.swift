import Foundation
import MCPCore
import Testing

@Suite("JSON Schema Test Suite")
struct OfficialSuiteTests {
    @Test("the suite is there, always so in continuous integration")
    func suiteIsThere() {
        if OfficialSuite.isContinuousIntegration {
            #expect(OfficialSuite.isAvailable, "the JSON Schema Test Suite must lie in ../shared/json-schema-test-suite")
        }
    }

    @Test(
        "2020-12, mandatory", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: OfficialSuite.files("draft2020-12"))
    func draft2020_12(file: String) throws {
        try expectAll(file, .draft2020_12)
    }

    @Test(
        "draft-07, mandatory", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: OfficialSuite.files("draft7"))
    func draft07(file: String) throws {
        try expectAll(file, .draft07)
    }

    @Test(
        "2020-12, optional", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: OfficialSuite.files("draft2020-12/optional"))
    func optional2020_12(file: String) throws {
        try expectAll(file, .draft2020_12, except: OfficialSuite.optionalExceptions)
    }

    @Test(
        "draft-07, optional", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: OfficialSuite.files("draft7/optional"))
    func optionalDraft07(file: String) throws {
        try expectAll(file, .draft07, except: OfficialSuite.optionalExceptions)
    }

    @Test(
        "formats, asserted", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: OfficialSuite.files("draft2020-12/optional/format") + OfficialSuite.files("draft7/optional/format"))
    func formats(file: String) throws {
        let dialect: SchemaDialect = file.hasPrefix("draft7") ? .draft07 : .draft2020_12
        try expectAll(file, dialect, assertFormat: true, except: OfficialSuite.formatExceptions)
    }

    /// Counted twice, once by Foundation, so that a case that is not read is not a case that passes.
    @Test(
        "every mandatory case runs", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: [("draft2020-12", SchemaDialect.draft2020_12, 1200), ("draft7", .draft07, 800)])
    func everyMandatoryCaseRuns(folder: String, dialect: SchemaDialect, atLeast: Int) throws {
        let directory = try #require(OfficialSuite.directory).appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil).filter { $0.pathExtension == "json" }
        var there = 0
        for file in files {
            let groups = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]]
            there += try #require(groups).reduce(0) { $0 + (($1["tests"] as? [Any])?.count ?? 0) }
        }
        let run = try OfficialSuite.files(folder).reduce(0) { try $0 + OfficialSuite.outcomes($1, dialect: dialect).count }
        print("JSON Schema Test Suite, \(folder): \(run) mandatory cases of \(there), in \(files.count) files")
        #expect(run == there && there >= atLeast)
    }

    /// A violation says where in the instance, which keyword of the schema, and what was expected; both places exist.
    @Test(
        "violations name both places and what was expected", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: [("draft2020-12", SchemaDialect.draft2020_12), ("draft7", .draft07)])
    func violationsNamePlacesThatExist(folder: String, dialect: SchemaDialect) throws {
        var count = 0
        for group in try OfficialSuite.files(folder).flatMap(OfficialSuite.groups) {
            let validator = try SchemaValidator(compiling: group.schema, dialect: dialect, registry: OfficialSuite.remotes)
            for test in group.cases where !test.isValid {
                for violation in validator.validate(test.instance) {
                    count += 1
                    let name = "\(group.file) › \(group.description) › \(test.description): \(violation)"
                    #expect(test.instance[violation.instancePath] != nil, "\(name)")
                    #expect(!violation.expected.isEmpty, "\(name)")
                    if violation.keyword != "false" { #expect(violation.schemaPath.components.last == .key(violation.keyword), "\(name)") }
                }
            }
        }
        #expect(count > 400)
    }

    /// Every case must come out as the suite says, except those listed, which must not.
    private func expectAll(_ file: String, _ dialect: SchemaDialect, assertFormat: Bool = false, except: [String] = []) throws {
        let outcomes = try OfficialSuite.outcomes(file, dialect: dialect, assertFormat: assertFormat)
        #expect(!outcomes.isEmpty)
        let exceptions = except.filter { $0 == file || $0.hasPrefix(file + " ") }
        var unused = Set(exceptions)
        for outcome in outcomes {
            let exception = exceptions.first { outcome.name.hasPrefix($0) }
            if let exception {
                if !outcome.isAsExpected { unused.remove(exception) }
            } else {
                #expect(outcome.isAsExpected, "\(outcome.name): \(outcome.detail)")
            }
        }
        #expect(unused.isEmpty, "these exceptions are no longer needed: \(unused.sorted())")
    }
}

extension OfficialSuite {
    /// What of the optional part is not supported; an entry stands for all cases whose name begins so.
    static let optionalExceptions = [
        // Draft 2019-09 is no dialect of this validator.
        "draft2020-12/optional/cross-draft.json › refs to historic drafts are processed as historic drafts",
        "draft7/optional/cross-draft.json › refs to future drafts are processed as future drafts",
        // Content is an annotation, as 2020-12 has it; it is not decoded.
        "draft7/optional/content.json › validation of string-encoded content based on media type › an invalid JSON document",
        "draft7/optional/content.json › validation of binary string-encoding › an invalid base64 string",
        "draft7/optional/content.json › validation of binary-encoded media type documents › a validly-encoded invalid JSON document",
        "draft7/optional/content.json › validation of binary-encoded media type documents › an invalid base64 string that is valid JSON",
    ]

    /// What the formats do not check.
    static let formatExceptions = ["draft2020-12", "draft7"].flatMap { draft in
        [
            // Host names in other scripts need the tables of IDNA.
            "\(draft)/optional/format/idn-hostname.json",
            "\(draft)/optional/format/hostname.json › validation of A-label (punycode) host names",
            // What cannot be matched in linear time is no regular expression here.
            "\(draft)/optional/format/ecmascript-regex.json › ECMA 262 named groups and backreferences are valid",
            "\(draft)/optional/format/ecmascript-regex.json › ECMA 262 lookbehind is valid, including variable width",
        ]
    }
}
