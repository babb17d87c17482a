import Foundation
import MCPCore

/// The JSON Schema Test Suite of json-schema.org, read from the directory where it lies beside the repository.
enum OfficialSuite {
    struct Group: Sendable {
        let file: String
        let description: String
        let schema: JSONValue
        let cases: [Case]
    }

    struct Case: Sendable {
        let description: String
        let instance: JSONValue
        let isValid: Bool
    }

    /// `MCP_SPEC_DIR` names the directory of the specification, beside which the suite lies.
    static let directory: URL? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var candidates = [package.appending(path: "../shared/json-schema-test-suite").standardizedFileURL]
        if let specification = ProcessInfo.processInfo.environment["MCP_SPEC_DIR"] {
            candidates.insert(URL(filePath: specification).appending(path: "../json-schema-test-suite").standardizedFileURL, at: 0)
        }
        return candidates.first { FileManager.default.fileExists(atPath: $0.appending(path: "draft7").path) }
    }()

    static var isAvailable: Bool { directory != nil }
    static var isContinuousIntegration: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }

    /// The names of the files in a folder of the suite, for example `draft7/optional/format`.
    static func files(_ folder: String) -> [String] {
        guard let directory else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.appending(path: folder).path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
    }

    static func groups(_ file: String) throws -> [Group] {
        try (value(file).array ?? []).map { group in
            Group(
                file: file, description: group["description"]?.string ?? "", schema: group["schema"] ?? .null,
                cases: (group["tests"]?.array ?? []).map {
                    Case(description: $0["description"]?.string ?? "", instance: $0["data"] ?? .null, isValid: $0["valid"]?.bool ?? false)
                })
        }
    }

    /// The documents that the suite expects at `http://localhost:1234/`.
    static let remotes: SchemaRegistry = {
        var registry = SchemaRegistry()
        guard let directory else { return registry }
        let root = directory.appending(path: "remotes")
        for case let name as String in FileManager.default.enumerator(atPath: root.path) ?? .init() where name.hasSuffix(".json") {
            if let document = try? value("remotes/\(name)") { registry.register(document, uri: "http://localhost:1234/\(name)") }
        }
        return registry
    }()

    static func value(_ file: String) throws -> JSONValue {
        guard let directory else { throw CocoaError(.fileNoSuchFile) }
        return try JSONValue(parsing: [UInt8](Data(contentsOf: directory.appending(path: file))))
    }

    /// Each case with `file › group › case`, and whether the validator says what the suite says; a schema that does not compile
    /// fails all of its cases.
    static func outcomes(_ file: String, dialect: SchemaDialect, assertFormat: Bool = false) throws -> [(
        name: String, isAsExpected: Bool, detail: String
    )] {
        var outcomes: [(String, Bool, String)] = []
        for group in try groups(file) {
            let validator = Result { () throws(SchemaCompilationError) in
                try SchemaValidator(compiling: group.schema, dialect: dialect, registry: remotes, assertFormat: assertFormat)
            }
            for test in group.cases {
                let name = "\(file) › \(group.description) › \(test.description)"
                switch validator {
                case .failure(let error): outcomes.append((name, false, error.description))
                case .success(let validator):
                    let violations = validator.validate(test.instance)
                    let isConsistent = validator.isValid(test.instance) == violations.isEmpty
                    let detail = violations.isEmpty ? "no violation" : violations.map(\.description).joined(separator: "; ")
                    outcomes.append((name, violations.isEmpty == test.isValid && isConsistent, detail))
                }
            }
        }
        return outcomes
    }
}
