/// Keywords of JSON Schema that a Swift type does not say by itself: bounds, patterns, lengths.
///
/// They describe and are checked where a value is validated against its schema, as the arguments of every tool call are;
/// `init(json:)` alone does not check them.
public struct PropertyKeywords: Sendable, Hashable {
    public var json: JSONObject

    /// - Parameters:
    ///   - title: The name of the property for people.
    ///   - minimum: The least number that is valid.
    ///   - maximum: The greatest number that is valid.
    ///   - exclusiveMinimum: What a number must be greater than.
    ///   - exclusiveMaximum: What a number must be less than.
    ///   - multipleOf: What a number must be a multiple of.
    ///   - minLength: The least length of a string, in Unicode code points.
    ///   - maxLength: The greatest length of a string, in Unicode code points.
    ///   - pattern: A regular expression (ECMA-262, unanchored) that a string must match.
    ///   - format: What a string means, for example `date-time`, `uri` or `email`.
    ///   - minItems: The least number of elements of an array.
    ///   - maxItems: The greatest number of elements of an array.
    ///   - uniqueItems: Whether the elements of an array must all differ.
    ///   - header: The name under which Streamable HTTP mirrors the argument into a header, `Mcp-Param-` and this (`x-mcp-header`). Only for
    ///     strings, integers and booleans that are arguments of a tool.
    ///   - examples: Values for people and models to learn from.
    public init(
        title: String? = nil, minimum: Double? = nil, maximum: Double? = nil, exclusiveMinimum: Double? = nil,
        exclusiveMaximum: Double? = nil, multipleOf: Double? = nil, minLength: Int? = nil, maxLength: Int? = nil,
        pattern: String? = nil, format: String? = nil, minItems: Int? = nil, maxItems: Int? = nil, uniqueItems: Bool? = nil,
        header: String? = nil, examples: [JSONValue] = []
    ) {
        json = JSONObject()
        json.set("title", title)
        json["minimum"] = minimum.map(Self.number)
        json["maximum"] = maximum.map(Self.number)
        json["exclusiveMinimum"] = exclusiveMinimum.map(Self.number)
        json["exclusiveMaximum"] = exclusiveMaximum.map(Self.number)
        json["multipleOf"] = multipleOf.map(Self.number)
        json.set("minLength", minLength)
        json.set("maxLength", maxLength)
        json.set("pattern", pattern)
        json.set("format", format)
        json.set("minItems", minItems)
        json.set("maxItems", maxItems)
        json.set("uniqueItems", uniqueItems)
        json.set(ParameterHeader.annotation, header)
        if !examples.isEmpty { json["examples"] = .array(examples) }
    }

    private static func number(_ value: Double) -> JSONValue { Int64(exactly: value).map(JSONValue.integer) ?? .double(value) }
}
