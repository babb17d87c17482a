/// The schema of a JSON object with named properties, as `@Schema` writes it for a struct and `@Toolbox` for the parameters of a
/// function.
///
/// ```swift
/// var builder = JSONSchemaBuilder()
/// var input = ObjectSchema()
/// input.property("city", String.self, description: "City name, in any language.", in: &builder)
/// input.property("days", Int.self, default: 3, keywords: PropertyKeywords(minimum: 1, maximum: 14), in: &builder)
/// let schema = builder.finish(input.json)
/// ```
///
/// It says `additionalProperties: false`, so that a misspelt argument is an error that names it.
public struct ObjectSchema: Sendable {
    private var heading: JSONObject = ["type": "object"]
    private var properties = JSONObject()
    private var required: [JSONValue] = []

    public init(title: String? = nil, description: String? = nil) {
        heading.set("title", title)
        heading.set("description", description)
    }

    /// One form of several, told apart by its first property, the tag, which has that value and no other: see `TaggedSchema`.
    public init(tag: String, value: JSONValue, title: String? = nil, description: String? = nil) {
        self.init(title: title, description: description)
        // The type beside the constant: some hosts hand schemas to models that want one everywhere.
        properties[tag] = ["type": .string(value.typeName), "const": value]
        required.append(.string(tag))
    }

    /// Adds a property that must be there.
    public mutating func property<T: JSONSchemaRepresentable>(
        _ name: String, _ type: T.Type, description: String? = nil, keywords: PropertyKeywords = PropertyKeywords(),
        in builder: inout JSONSchemaBuilder
    ) {
        add(name, T.jsonSchema(&builder), description: description, keywords: keywords)
        required.append(.string(name))
    }

    /// Adds a property that may be missing. Its schema is that of the value: forms and many models know no `null`.
    public mutating func property<T: JSONSchemaRepresentable>(
        _ name: String, _ type: T?.Type, description: String? = nil, keywords: PropertyKeywords = PropertyKeywords(),
        in builder: inout JSONSchemaBuilder
    ) {
        add(name, T.jsonSchema(&builder), description: description, keywords: keywords)
    }

    /// Adds a property that has a default. An optional one then accepts `null`, because missing means the default.
    public mutating func property<T: SchemaCodable>(
        _ name: String, _ type: T.Type, default value: T, description: String? = nil, keywords: PropertyKeywords = PropertyKeywords(),
        in builder: inout JSONSchemaBuilder
    ) {
        add(name, T.jsonSchema(&builder), description: description, default: value.json, keywords: keywords)
    }

    /// Adds a property that has a default which the schema does not tell, where `required` is false.
    public mutating func property<T: JSONSchemaRepresentable>(
        _ name: String, _ type: T.Type, required isRequired: Bool, description: String? = nil,
        keywords: PropertyKeywords = PropertyKeywords(), in builder: inout JSONSchemaBuilder
    ) {
        add(name, T.jsonSchema(&builder), description: description, keywords: keywords)
        if isRequired { required.append(.string(name)) }
    }

    private mutating func add(
        _ name: String, _ schema: JSONObject, description: String?, default value: JSONValue? = nil, keywords: PropertyKeywords
    ) {
        var schema = schema
        schema.set("description", description)
        schema.merge(keywords.json)
        schema["default"] = value
        properties[name] = .object(schema)
    }

    public var json: JSONObject {
        var schema = heading
        schema["properties"] = .object(properties)
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = false
        return schema
    }
}
