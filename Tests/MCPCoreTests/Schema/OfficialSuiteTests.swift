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

    @Test("2020-12, mandatory", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"), arguments: OfficialSuite.files("draft2020-12"))
    func draft2020_12(file: String) throws {
        try expectAll(file, .draft2020_12)
    }

    @Test("draft-07, mandatory", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"), arguments: OfficialSuite.files("draft7"))
    func draft07(file: String) throws {
        try expectAll(file, .draft07)
    }

    @Test("2020-12, optional", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"), arguments: OfficialSuite.files("draft2020-12/optional"))
    func optional2020_12(file: String) throws {
        try expectAll(file, .draft2020_12, except: OfficialSuite.optionalExceptions)
    }

    @Test("draft-07, optional", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"), arguments: OfficialSuite.files("draft7/optional"))
    func optionalDraft07(file: String) throws {
        try expectAll(file, .draft07, except: OfficialSuite.optionalExceptions)
    }

    @Test("formats, asserted", .enabled(if: OfficialSuite.isAvailable, "the suite is not in ../shared"),
        arguments: OfficialSuite.files("draft2020-12/optional/format") + OfficialSuite.files("draft7/optional/format"))
    func formats(file: String) throws {
        let dialect: SchemaDialect = file.hasPrefix("draft7") ? .draft07 : .draft2020_12
        try expectAll(file, dialect, assertFormat: true, except: OfficialSuite.formatExceptions)
    }

    /// Every case must come out as the suite says, except those listed, which must not.
    private func expectAll(_ file: String, _ dialect: SchemaDialect, assertFormat: Bool = false, except: [String] = []) throws {
        let outcomes = try OfficialSuite.outcomes(file, dialect: dialect, assertFormat: assertFormat)
        #expect(!outcomes.isEmpty)
        let exceptions = except.filter { $0.hasPrefix(file + " ") || $0 == file }
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
    static let optionalExceptions: [String] = []

    /// What the formats do not check.
    static let formatExceptions: [String] = []
}
