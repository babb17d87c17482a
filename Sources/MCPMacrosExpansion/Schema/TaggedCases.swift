import SwiftSyntax

/// What `@Schema` writes for an enum whose cases have associated values: an object for each case, with a tag that names it.
struct TaggedCases {
    let name: String
    let description: String?
    let tag: String
    let cases: [EnumCase]
    let access: String

    private var tagLiteral: String { tag.swiftLiteral }

    var decoding: String {
        let branches = cases.map { "case \($0.jsonName.swiftLiteral): self = \($0.construction)" }.joined(separator: "\n")
        let names = cases.map(\.jsonName.swiftLiteral).joined(separator: ", ")
        return """
            \(access)init(json: MCPCore.JSONValue) throws {
                let object = try MCPCore.JSONObject(json: json)
                switch object[\(tagLiteral)]?.string {
            \(branches.indented(by: 4))
                default: throw MCPCore.TaggedSchema.mismatch(object, tag: \(tagLiteral), of: [\(names)])
                }
            }
            """
    }

    var encoding: String {
        let branches = cases.map { element in
            let object = "[\(tagLiteral): \(element.jsonName.swiftLiteral)]"
            guard !element.payload.isEmpty else { return "case .\(element.name.text): return \(object)" }
            // Numbered, since a label may be a name that is used here.
            let bindings = element.payload.indices.map { "let value\($0)" }.joined(separator: ", ")
            let members = element.payload.enumerated().map { index, value in
                // Where missing means the default, `nil` has to be written.
                value.hasDefault
                    ? "object[\(value.jsonName.swiftLiteral)] = value\(index).json"
                    : "object.encode(\(value.jsonName.swiftLiteral), value\(index))"
            }
            let lines = ["var object: MCPCore.JSONObject = \(object)"] + members + ["return .object(object)"]
            return "case .\(element.name.text)(\(bindings)):\n\(lines.joined(separator: "\n").indented(by: 4))"
        }
        return """
            \(access)var json: MCPCore.JSONValue {
                switch self {
            \(branches.joined(separator: "\n").indented(by: 4))
                }
            }
            """
    }

    var schema: String {
        var lines = ["var schema = MCPCore.TaggedSchema(\(description.map { "description: \($0.swiftLiteral)" } ?? ""))"]
        for (index, element) in cases.enumerated() {
            var arguments = ["tag: \(tagLiteral)", "value: \(element.jsonName.swiftLiteral)"]
            if let title = element.title { arguments.append("title: \(title)") }
            if let description = element.description { arguments.append("description: \(description.swiftLiteral)") }
            let form = "MCPCore.ObjectSchema(\(arguments.joined(separator: ", ")))"
            if element.payload.isEmpty {
                lines.append("schema.add(\(form))")
            } else {
                lines.append("var form\(index) = \(form)")
                lines += element.payload.map { "form\(index).property(\($0.schemaArguments), in: &builder)" }
                lines.append("schema.add(form\(index))")
            }
        }
        lines.append("return schema.json")
        return """
            \(access)static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                builder.define(Self.self, name: \(name.swiftLiteral)) { builder in
            \(lines.joined(separator: "\n").indented(by: 8))
                }
            }
            """
    }
}

extension EnumCase {
    /// The expression that makes the case of what `object` holds.
    fileprivate var construction: String {
        guard !payload.isEmpty else { return ".\(name.text)" }
        let values = payload.map { value in
            var arguments = [value.jsonName.swiftLiteral, "as: \(value.type.metatypeExpression)"]
            if value.hasDefault, let defaultValue = value.defaultValue { arguments.append("default: \(defaultValue.trimmedDescription)") }
            let label = value.label.map { "\(callLabel($0)): " } ?? ""
            return "\(label)object.decode(\(arguments.joined(separator: ", ")))"
        }
        return "try .\(name.text)(\(values.joined(separator: ", ")))"
    }
}

extension PayloadValue {
    fileprivate var schemaArguments: String {
        schemaPropertyArguments(name: jsonName, type: type, defaultValue: hasDefault ? defaultValue : nil, description: description)
    }
}
