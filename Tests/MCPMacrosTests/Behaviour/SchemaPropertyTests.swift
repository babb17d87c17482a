import MCPMacros
import TestSupport
import Testing

protocol Checked: SchemaCodable, Equatable, RandomlyMade {}

extension Forecast: Checked {}
extension Trip: Checked {}
extension Author: Checked {}
extension Tree: Checked {}
extension SearchQuery: Checked {}
extension Shape: Checked {}
extension Expression: Checked {}
extension Drawing: Checked {}
extension Bounded: Checked {}
extension Priority: Checked {}
extension Colour: Checked {}
extension Level: Checked {}
extension Urgency: Checked {}
extension Size: Checked {}
extension Bool: Checked {}
extension Int: Checked {}
extension Int8: Checked {}
extension UInt32: Checked {}
extension UInt64: Checked {}
extension Double: Checked {}
extension Float: Checked {}
extension String: Checked {}
extension Duration: Checked {}
extension Timestamp: Checked {}
extension Array: Checked where Element: Checked {}
extension Set: Checked where Element: Checked {}
extension Dictionary: Checked where Key == String, Value: Checked {}
extension Optional: Checked where Wrapped: Checked {}

/// What holds for every value of every type: the schema, the encoding and the decoding say the same.
@Suite struct SchemaProperties {
    private static let types: [any Checked.Type] = [
        Forecast.self, Trip.self, Author.self, Tree.self, SearchQuery.self, Shape.self, Expression.self, Drawing.self, Bounded.self, Priority.self,
        Colour.self, Level.self, Urgency.self, Size.self, Bool.self, Int.self, Int8.self, UInt32.self, UInt64.self, Double.self, Float.self, String.self,
        Duration.self, Timestamp.self, [Shape?].self, [String: [Trip]].self, Set<String>.self, Bounded?.self, [Urgency].self,
    ]

    /// Types whose every member has one type, so that a value of another type is invalid everywhere.
    private static let strictTypes: [any Checked.Type] = [
        Forecast.self, Trip.self, Author.self, Tree.self, Expression.self, Bounded.self, Priority.self, Colour.self, Urgency.self, Size.self, Bool.self,
        Int.self, Double.self, String.self, Duration.self, Timestamp.self, [Trip].self, Set<String>.self, [Urgency].self,
    ]

    private static func validator(_ type: any SchemaCodable.Type) throws -> SchemaValidator {
        try SchemaValidator(compiling: .object(JSONSchemaBuilder.schema(of: type)), assertFormat: true)
    }

    @Test(arguments: types) func everyEncodedValueIsValidAndReadsBack(_ type: any Checked.Type) throws {
        func check<T: Checked>(_ type: T.Type) throws {
            let validator = try Self.validator(type)
            forSeeds(200) { random in
                let value = T.random(using: &random)
                let json = value.json
                let violations = validator.validate(json)
                try hold(violations.isEmpty, "\(json.serializedString) is refused: \(violations)")
                try hold(T(json: json) == value, "\(json.serializedString) reads back as another value than \(value)")
                let bytes = json.serialized()
                try hold(T(json: JSONValue(parsing: bytes)) == value, "\(json.serializedString) reads back from its bytes as another value")
                try hold(T(json: json).json.serialized() == bytes, "\(json.serializedString) is not written again as it was")
            }
        }
        try check(type)
    }

    @Test(arguments: strictTypes) func aValueOfAnotherTypeIsRefused(_ type: any Checked.Type) throws {
        func check<T: Checked>(_ type: T.Type) throws {
            let validator = try Self.validator(type)
            forSeeds(200) { random in
                let mutated = JSONMutation.type(T.random(using: &random).json, using: &random)
                try hold(!validator.isValid(mutated), "\(mutated.serializedString) is accepted")
                try hold((try? T(json: mutated)) == nil, "\(mutated.serializedString) is read")
            }
        }
        try check(type)
    }

    /// What the schema accepts, the type reads; what is read and written as it was, the schema accepts.
    @Test(arguments: types) func schemaAndDecodingAgreeOnWhatIsMutated(_ type: any Checked.Type) throws {
        func check<T: Checked>(_ type: T.Type) throws {
            let validator = try Self.validator(type)
            forSeeds(300) { random in
                var json = T.random(using: &random).json
                for _ in 0..<Int.random(in: 1...2, using: &random) { json = JSONMutation.anything(json, using: &random) }
                let read = Result { try T(json: json) }
                if validator.isValid(json) {
                    if case .failure(let error) = read {
                        throw Counterexample(description: "\(json.serializedString) is accepted and not read: \(error)")
                    }
                } else {
                    try hold(!validator.validate(json).isEmpty, "\(json.serializedString) is refused without a reason")
                }
            }
        }
        try check(type)
    }
}
