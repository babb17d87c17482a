import Foundation
import MCPCore
import TestSupport
import Testing

/// The schemas of the protocol itself: large, in both dialects, with examples.
@Suite(.enabled(if: SpecificationSchema.directory != nil, "the specification is not in ../shared/spec"))
struct SpecificationSchemaTests {
    @Test(arguments: SpecificationSchema.revisions)
    func everyDefinitionCompiles(revision: String) throws {
        let schema = try SpecificationSchema.of(revision)
        #expect(schema.definitions.count > 70)
        let validator = try schema.validatorOfAnyDefinition()
        #expect(validator.isValid(["method": "ping", "jsonrpc": "2.0", "id": 1]))
    }

    @Test func everyExampleFitsItsDefinition() throws {
        let schema = try SpecificationSchema.of("2026-07-28")
        var count = 0
        for definition in schema.definitions {
            for (file, value) in try schema.examples(definition) {
                count += 1
                let violations = try schema.violations(of: value, as: definition)
                #expect(violations.isEmpty, "\(definition)/\(file): \(violations)")
            }
        }
        #expect(count > 100)
    }

    @Test func aCallWithoutANameIsRefused() throws {
        let call: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["arguments": [:]]]
        for revision in ["2025-03-26", "2025-11-25"] {
            let violations = try SpecificationSchema.of(revision).violations(of: call, as: "CallToolRequest")
            #expect(violations.map(\.description) == [#"/params: the required property "name" is missing"#], "\(revision)")
        }
    }
}
