/// The position of a compiled subschema in `CompiledSchema.nodes`.
typealias SchemaNodeID = Int

/// The types of JSON Schema (Validation 2020-12 section 6.1.1).
struct SchemaTypeSet: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = SchemaTypeSet(rawValue: 1)
    static let boolean = SchemaTypeSet(rawValue: 2)
    static let integer = SchemaTypeSet(rawValue: 4)
    static let number = SchemaTypeSet(rawValue: 8)
    static let string = SchemaTypeSet(rawValue: 16)
    static let array = SchemaTypeSet(rawValue: 32)
    static let object = SchemaTypeSet(rawValue: 64)

    static let named: [(name: String, type: SchemaTypeSet)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .string), ("array", .array),
        ("object", .object),
    ]

    func admits(_ value: JSONValue) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .integer: !isDisjoint(with: [.integer, .number])
        case .double, .number: contains(.number) || contains(.integer) && value.isIntegral
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }

    /// The names, for messages: `integer or null`.
    var names: String {
        Self.named.filter { contains($0.type) }.map(\.name).joined(separator: " or ")
    }
}

/// A subschema with everything precomputed that validation needs. It is never changed once the schema is compiled.
final class SchemaNode: Sendable {
    let rules: Rules

    init(_ rules: Rules) { self.rules = rules }

    struct Rules: Sendable {
        /// Where the subschema stands in its document.
        var location = JSONPath()
        /// The resource (schema with its own URI) that the subschema belongs to.
        var resource = 0
        /// Set for the schemas `true` and `false`.
        var verdict: Bool?
        var types: SchemaTypeSet?
        var enumeration: EnumerationRule?
        var constant: EnumerationRule?
        var number: NumberRules?
        var string: StringRules?
        var array: ArrayRules?
        var object: ObjectRules?
        var applicators: [Applicator] = []
        var unevaluatedItems: SchemaNodeID?
        var unevaluatedProperties: SchemaNodeID?

        var tracksEvaluation: Bool { unevaluatedItems != nil || unevaluatedProperties != nil }
    }
}

/// Keywords that apply other schemas to the same instance.
enum Applicator: Sendable {
    case reference(SchemaNodeID)
    case dynamicReference(DynamicReference)
    case allOf([SchemaNodeID])
    case anyOf([SchemaNodeID])
    case oneOf([SchemaNodeID])
    case not(SchemaNodeID)
    case conditional(SchemaNodeID, then: SchemaNodeID?, otherwise: SchemaNodeID?)
}

/// `$dynamicRef`: the schema where it was first resolved to, and the anchor to look for in the resources that were entered.
struct DynamicReference: Sendable {
    let anchor: Int
    let initial: SchemaNodeID
}

/// `enum` and `const`.
struct EnumerationRule: Sendable {
    /// The strings among the values, by code points.
    let strings: NameTable
    /// The values that are no strings.
    let others: [JSONValue]
    /// All values in the order of the schema.
    let values: [JSONValue]

    init(_ values: [JSONValue]) {
        strings = NameTable(values.lazy.compactMap(\.string))
        others = values.filter { $0.string == nil }
        self.values = values
    }
}

struct NumberRules: Sendable {
    var minimum: JSONValue?
    var maximum: JSONValue?
    var exclusiveMinimum: JSONValue?
    var exclusiveMaximum: JSONValue?
    var multipleOf: Divisor?

    struct Divisor: Sendable {
        let value: JSONValue
        let decimal: ExactDecimal
    }
}

struct StringRules: Sendable {
    /// In Unicode code points.
    var minLength: Int?
    var maxLength: Int?
    var pattern: SchemaPattern?
    /// Set only where `format` is asserted.
    var format: SchemaFormat?
}

struct ArrayRules: Sendable {
    var prefix: [SchemaNodeID] = []
    /// For the items after the prefix.
    var rest: SchemaNodeID?
    /// The keyword that `rest` comes from.
    var restKeyword = "items"
    var contains: SchemaNodeID?
    var minContains: Int?
    var maxContains: Int?
    var minItems: Int?
    var maxItems: Int?
    var uniqueItems = false
}

struct ObjectRules: Sendable {
    /// The names of `properties` and `required`.
    var names = NameTable()
    /// For each name what is known of it.
    var properties: [Property] = []
    var required: [String] = []
    var patterns: [(pattern: SchemaPattern, schema: SchemaNodeID)] = []
    var additional: SchemaNodeID?
    var propertyNames: SchemaNodeID?
    var minProperties: Int?
    var maxProperties: Int?
    var dependentRequired: [(name: String, required: [String])] = []
    var dependentSchemas: [(name: String, schema: SchemaNodeID)] = []

    struct Property: Sendable {
        var schema: SchemaNodeID?
        var isRequired = false
    }

    /// The names in `properties`, for messages.
    var declared: [String] { names.names.indices.filter { properties[$0].schema != nil }.map { names.names[$0] } }
}

/// A schema after compilation.
struct CompiledSchema: Sendable {
    let nodes: ContiguousArray<SchemaNode>
    let root: SchemaNodeID
    /// For each dynamic anchor that a `$dynamicRef` looks for: the schema that has it, by resource.
    let dynamicAnchors: [[Int: SchemaNodeID]]
}
