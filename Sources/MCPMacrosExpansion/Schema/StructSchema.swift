import SwiftSyntax

/// What `@Schema` writes for a struct.
struct StructSchema {
    let name: String
    let description: String?
    let properties: [StoredProperty]
    let access: String

    var decoding: String {
        var lines = [properties.isEmpty ? "_ = try MCPCore.JSONObject(json: json)" : "let object = try MCPCore.JSONObject(json: json)"]
        for property in properties {
            let key = property.jsonName.swiftLiteral
            let assignment = "self.\(property.name.text) = try object.decode(\(key), as: \(property.type.metatypeExpression))"
            // The initial value has been set before; it stays where the member is missing.
            lines.append(property.hasDefault ? "if object[\(key)] != nil { \(assignment) }" : assignment)
        }
        return "\(access)init(json: MCPCore.JSONValue) throws {\n\(lines.joined(separator: "\n").indented(by: 4))\n}"
    }

    var encoding: String {
        guard !properties.isEmpty else { return "\(access)var json: MCPCore.JSONValue { .object([:]) }" }
        var lines = ["var object = MCPCore.JSONObject()"]
        for property in properties {
            let key = property.jsonName.swiftLiteral
            // Where missing means the default, `nil` has to be written.
            lines.append(
                property.hasDefault
                    ? "object[\(key)] = self.\(property.name.text).json" : "object.encode(\(key), self.\(property.name.text))")
        }
        lines.append("return .object(object)")
        return "\(access)var json: MCPCore.JSONValue {\n\(lines.joined(separator: "\n").indented(by: 4))\n}"
    }

    var schema: String {
        var arguments: [String] = []
        if let description { arguments.append("description: \(description.swiftLiteral)") }
        let heading = "\(properties.isEmpty ? "let" : "var") schema = MCPCore.ObjectSchema(\(arguments.joined(separator: ", ")))"
        let lines = [heading] + properties.map { "schema.property(\($0.schemaArguments), in: &builder)" } + ["return schema.json"]
        return """
            \(access)static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                builder.define(Self.self, name: \(name.swiftLiteral)) { \(properties.isEmpty ? "_" : "builder") in
            \(lines.joined(separator: "\n").indented(by: 8))
                }
            }
            """
    }
}

extension StoredProperty {
    var schemaArguments: String {
        schemaPropertyArguments(
            name: jsonName, type: type, defaultValue: hasDefault ? initialValue : nil, description: description,
            keywords: attribute.arguments)
    }
}

/// The arguments of `ObjectSchema.property` for a property or a parameter.
func schemaPropertyArguments(
    name: String, type: TypeSyntax, defaultValue: ExprSyntax?, description: String?, keywords: [String] = []
) -> String {
    var arguments = [name.swiftLiteral, type.metatypeExpression]
    if let defaultValue {
        arguments.append(defaultValue.isLiteralDefault ? "default: \(defaultValue.trimmedDescription)" : "required: false")
    }
    if let description { arguments.append("description: \(description.swiftLiteral)") }
    if !keywords.isEmpty { arguments.append("keywords: MCPCore.PropertyKeywords(\(keywords.joined(separator: ", ")))") }
    return arguments.joined(separator: ", ")
}
