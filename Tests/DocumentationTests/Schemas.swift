import MCPFoundation
import MCPMacros
import Testing

// snippet: begin
/// When something is to happen.
@Schema enum Moment: Sendable, Equatable {
    case now
    case at(date: Timestamp)
    /// - Parameter delay: In seconds.
    case later(delay: Duration, repeats: Bool = false)
}

@Schema struct Reminder: Sendable, Equatable {
    /// What to be reminded of.
    @Property(minLength: 1, maxLength: 200) var text: String
    var moment: Moment = .now
    @Property(maxItems: 5, uniqueItems: true) var tags: [String] = []
    @Property(name: "time_zone", pattern: "^[A-Za-z_]+/[A-Za-z_]+$") var timeZone: String?
}

/// Reads a reminder, and says everything that is wrong with it.
func reminder(_ json: JSONValue) throws -> Reminder {
    let schema = JSONSchemaBuilder.schema(of: Reminder.self)
    let violations = try SchemaValidator(compiling: .object(schema), assertFormat: true).validate(json)
    guard violations.isEmpty else { throw ToolError(violations.map(\.description).joined(separator: "\n")) }
    return try Reminder(json: json)
}
// snippet: end

@Suite struct SchemasExamples {
    @Test func runs() throws {
        let json: JSONValue = ["text": "Tea", "moment": ["type": "later", "delay": 240], "time_zone": "Europe/Lisbon"]
        let expected = Reminder(text: "Tea", moment: .later(delay: .seconds(240)), timeZone: "Europe/Lisbon")
        #expect(try reminder(json) == expected)
        #expect(try reminder(expected.json) == expected)
        let error = #expect(throws: ToolError.self) { try reminder(["text": "", "moment": ["type": "soon"], "tags": ["a", "a"]]) }
        let message = error?.message ?? ""
        for part in ["/text: expected at least 1 character", #"/moment: expected "now" or "at" or "later" as "type""#, "/tags: "] {
            #expect(message.contains(part), "\(message)")
        }
    }
}
