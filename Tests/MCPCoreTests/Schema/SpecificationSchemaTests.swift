import Foundation
import MCPCore
import TestSupport
import Testing

/// The schemas of the protocol itself: large, in both dialects, with examples.
@Suite(.needsSpecification)
struct SpecificationSchemaTests {
    @Test func everyDefinitionCompiles() throws {
        let revisions = try SpecificationSchema.revisions()
        #expect(revisions.count >= 5)
        for revision in revisions {
            let schema = try SpecificationSchema.of(revision)
            #expect(schema.definitions.count > 70, "\(revision)")
            let validator = try schema.validatorOfAnyDefinition()
            #expect(validator.isValid(["method": "ping", "jsonrpc": "2.0", "id": 1]), "\(revision)")
        }
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
