import Foundation
import MCPFoundation
import MCPMacros
import TestSupport
import Testing

@Schema struct Meeting: Hashable {
    @Property(examples: ["2026-07-28T09:30:00Z"]) var start: Date
    var length: Duration = .seconds(3600)
    var page: URL?
    var id: UUID
    @Property(maxLength: 64) var attachment: Data = Data()
}

@Toolbox struct Calendar {
    @Tool(.readOnly)
    @Parameter("days", minimum: 1, maximum: 366)
    func shift(_ start: Date, days: Int = 1, page: URL? = nil) -> Date { start.addingTimeInterval(Double(days) * 86_400) }
}

@Suite struct FoundationTypeTests {
    private func validator(_ type: any SchemaCodable.Type) throws -> SchemaValidator {
        try SchemaValidator(compiling: .object(JSONSchemaBuilder.schema(of: type)), assertFormat: true)
    }

    @Test func theirSchemas() {
        #expect(
            JSONValue.object(JSONSchemaBuilder.schema(of: Meeting.self)).serializedString
                == #"{"type":"object","properties":{"start":{"type":"string","format":"date-time","examples":["2026-07-28T09:30:00Z"]},"length":{"type":"number","description":"A number of seconds."},"page":{"type":"string","format":"uri"},"id":{"type":"string","format":"uuid"},"attachment":{"type":"string","contentEncoding":"base64","maxLength":64}},"required":["start","id"],"additionalProperties":false}"#
        )
    }

    @Test func everyValueIsValidAndReadsBack() throws {
        let validator = try validator(Meeting.self)
        forSeeds(2000) { random in
            var bytes = [UInt8]()
            for _ in 0..<Int.random(in: 0...8, using: &random) { bytes.append(.random(in: .min ... .max, using: &random)) }
            let moment =
                switch Int.random(in: 0..<3, using: &random) {
                case 0: Double(Int.random(in: -63_000_000...63_000_000, using: &random)) / 1000
                case 1: Double.random(in: -6e10...2.5e11, using: &random)
                default: Double(Int.random(in: 0...2_000_000_000, using: &random))
                }
            let path = String(UInt64.random(using: &random), radix: 36)
            let meeting = Meeting(
                start: Date(timeIntervalSinceReferenceDate: moment), length: .milliseconds(Int.random(in: 0...100_000, using: &random)),
                page: Bool.random(using: &random) ? URL(string: "https://example.com/\(path)?q=%C3%A9#f") : nil,
                id: UUID(uuid: (bytes + Array(repeating: 7, count: 16)).withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }), attachment: Data(bytes))
            let json = meeting.json
            try hold(validator.validate(json).isEmpty, "\(json.serializedString): \(validator.validate(json))")
            try hold(Meeting(json: JSONValue(parsing: json.serialized())) == meeting, "\(json.serializedString) is not \(meeting)")
        }
    }

    @Test func datesAreWrittenAsShortAsTheyReadBack() throws {
        #expect(Date(timeIntervalSinceReferenceDate: 788_918_400.1).json == "2026-01-01T00:00:00.1Z")
        #expect(Date(timeIntervalSinceReferenceDate: -0.25).json == "2000-12-31T23:59:59.75Z")
        #expect(Date(timeIntervalSinceReferenceDate: 1e-9).json == "2001-01-01T00:00:00.000000001Z")
        #expect(Date(timeIntervalSince1970: 0).json == "1970-01-01T00:00:00Z")
        #expect(try Date(json: "1996-12-19T16:39:57-08:00") == Date(timeIntervalSince1970: 851_042_397))
    }

    @Test func whatRFC3339CannotWriteIsNull() {
        for date in [Date.distantFuture, .distantPast] { #expect(date.json != .null) }
        for seconds in [1e12, -1e12, .infinity, .nan] { #expect(Date(timeIntervalSinceReferenceDate: seconds).json == .null) }
    }

    /// Foundation reads what is written, and writes what is read.
    @Test func foundationAgreesAboutDates() throws {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        forSeeds(500) { random in
            // From 1583 on, since Foundation counts Julian days before that, and not in a far future that it does not parse.
            let date = Date(timeIntervalSince1970: Double(Int.random(in: -12_212_553_600_000...64_092_211_200_000, using: &random)) / 1000)
            let text = try String(json: date.json)
            let whole = try Date(String(text.prefix(19)) + "Z", strategy: .iso8601)
            try hold(abs(date.timeIntervalSince(whole)) < 1, "\(text) is \(whole)")
            let read = try Date(json: .string(date.formatted(format)))
            // Foundation cuts off what is less than a millisecond, of a number that may be a little less than what it was made from.
            try hold(abs(read.timeIntervalSince(date)) < 0.0011, "\(date.formatted(format)) is \(read)")
        }
    }

    @Test(
        arguments: [
            ("page", "/relative", "an absolute URI"), ("page", "https://example.com/a b", "an absolute URI"),
            ("page", "https://example.com/é", "an absolute URI"),
            ("page", "", "an absolute URI"), ("page", 5, "an absolute URI"), ("id", "123", "a UUID"), ("id", nil, "a UUID"),
            ("start", "yesterday", "a date-time"), ("start", 0, "a date-time"), ("attachment", "a", "Base64"), ("attachment", "YQ", "Base64"),
            ("attachment", "Y Q=", "Base64"), ("attachment", "_-==", "Base64"), ("attachment", 1, "Base64"), ("length", "PT1H", "seconds"),
        ] as [(String, JSONValue, String)])
    func whatDoesNotFitIsTold(_ name: String, _ wrong: JSONValue, _ expected: String) throws {
        var json: JSONObject = ["start": "2026-07-28T09:30:00Z", "id": "2EB8AA08-aa98-11ea-b4aa-73b441d16380"]
        #expect(try Meeting(json: .object(json)).id.json == "2eb8aa08-aa98-11ea-b4aa-73b441d16380")
        json[name] = wrong
        let error = #expect(throws: JSONDecodingError.self) { try Meeting(json: .object(json)) }
        #expect(error?.path == [.key(name)] && error?.expected.contains(expected) == true, "\(error?.description ?? "")")
        if name != "attachment" { #expect(try !validator(Meeting.self).isValid(.object(json))) }
    }

    @Test func parametersAndResultsOfATool() async throws {
        let server = Server("calendar", version: "1") { Calendar() }
        try await withClient(.inProcess(server)) { (client: Client) async throws -> Void in
            let result = try await client.callTool("shift", ["start": "2026-02-28T12:00:00+01:00"])
            #expect(result.structuredContent == "2026-03-01T11:00:00Z")
            let wrong = try await client.callTool("shift", ["start": "2026-02-30T12:00:00Z"])
            #expect(wrong.isError && wrong.text.contains("start") && wrong.text.contains("date-time"))
            #expect(try await client.callTool("shift", ["start": "2026-02-28T12:00:00Z", "days": 0]).isError)
            #expect(try await client.callTool("shift", ["start": "2026-02-28T12:00:00Z", "page": "here"]).isError)
        }
    }
}
