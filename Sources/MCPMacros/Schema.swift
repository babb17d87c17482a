/// Makes a struct or an enum a JSON Schema: it describes itself, and is read from and written to JSON that fits (`SchemaCodable`).
///
/// ```swift
/// /// The weather of one day.
/// @Schema struct Forecast: Sendable {
///     /// Temperature in °C.
///     var temperature: Double
///     @Property(minimum: 0, maximum: 100) var humidity: Int?
///     var unit: Unit = .celsius
/// }
///
/// @Schema enum Unit: String { case celsius, fahrenheit }
/// ```
///
/// - Stored properties become members. An optional is not required; one with an initial value is neither, and keeps that value where
///   the member is missing. Computed, static and lazy properties are left out.
/// - Documentation comments become descriptions, those of the cases of an enum a list in its description.
/// - An enum is written as its raw values, or as the names of its cases where it has none.
/// - An enum with associated values is written as an object for each case: a tag with the name of the case, and the values by their labels.
///   `case circle(radius: Double)` is `{"type": "circle", "radius": 1}`; a value alone without a name is the member `value`.
/// - A generic type is a schema where its parameters are.
/// - `init(json:)`, `json` or `jsonSchema(_:)` that the type has itself is left alone.
///
/// Unknown members are refused by the schema and ignored by `init(json:)`. The article "Macros" says what cannot be described.
///
/// - Parameter tag: The member that names the case of an enum with associated values. A string literal.
@attached(
    extension,
    conformances: SchemaCodable, JSONEncodable, JSONDecodable, JSONSchemaRepresentable, ToolResultConvertible,
    names: named(init(json:)), named(json), named(jsonSchema(_:)))
@attached(member)
public macro Schema(tag: String = "type") = #externalMacro(module: "MCPMacrosPlugin", type: "SchemaMacro")

/// Says more of a stored property of a `@Schema` struct than its type does. For a case of a `@Schema` enum it gives `name`, `title` and
/// `description` only.
///
/// - Parameters:
///   - name: The name in JSON, where it is not that of the property. A string literal.
///   - title: The name for people.
///   - description: What the property means, in place of its documentation comment. A string literal.
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
///   - header: The name under which Streamable HTTP mirrors an argument of a tool into a header (`x-mcp-header`).
///   - examples: Values for people and models to learn from.
///
/// The bounds are checked where a value is validated against its schema, as the arguments of every tool call are.
@attached(peer)
public macro Property(
    name: String? = nil, title: String? = nil, description: String? = nil, minimum: Double? = nil, maximum: Double? = nil,
    exclusiveMinimum: Double? = nil, exclusiveMaximum: Double? = nil, multipleOf: Double? = nil, minLength: Int? = nil,
    maxLength: Int? = nil, pattern: String? = nil, format: String? = nil, minItems: Int? = nil, maxItems: Int? = nil,
    uniqueItems: Bool? = nil, header: String? = nil, examples: [JSONValue] = []
) = #externalMacro(module: "MCPMacrosPlugin", type: "PropertyMacro")
