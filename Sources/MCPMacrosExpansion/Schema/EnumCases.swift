import SwiftSyntax

/// What `@Schema` writes for an enum whose cases have no associated values: a string or a number for each.
struct EnumCases {
    let cases: [EnumCase]
    let hasRawValues: Bool
    let description: String?
    let access: String

    init(_ declaration: EnumDeclSyntax, cases: [EnumCase], access: String, findings: inout [Finding]) {
        let rawType = declaration.inheritanceClause?.inheritedTypes.first?.type.lastName
        self.cases = cases
        self.hasRawValues = rawType.map(Self.rawTypes.contains) ?? false
        self.description = DocComment(of: declaration).description
        self.access = access
        if hasRawValues, let renamed = cases.first(where: { $0.jsonName != $0.name.plainName }) {
            findings.append(
                Finding(
                    renamed.name, "renamedRawValue",
                    "a case is written as its raw value; write '\(renamed.name.text) = \(renamed.jsonName.swiftLiteral)' and remove the name from @Property"
                ))
        }
    }

    private static let rawTypes: Set<String> = [
        "String", "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "Double", "Float",
    ]

    private var names: [String] { cases.map(\.jsonName.swiftLiteral) }

    var decoding: String {
        guard !hasRawValues else {
            return """
                \(access)init(json: MCPCore.JSONValue) throws {
                    self = try MCPCore.EnumSchema.decode(json, of: [\(cases.map { ".\($0.name.text)" }.joined(separator: ", "))])
                }
                """
        }
        let branches = zip(cases, names).map { "case \($1): self = .\($0.name.text)" }.joined(separator: "\n")
        return """
            \(access)init(json: MCPCore.JSONValue) throws {
                switch json.string {
            \(branches.indented(by: 4))
                default: throw MCPCore.EnumSchema.mismatch(json, of: [\(names.joined(separator: ", "))])
                }
            }
            """
    }

    var encoding: String {
        guard !hasRawValues else { return "\(access)var json: MCPCore.JSONValue { self.rawValue.json }" }
        let branches = zip(cases, names).map { "case .\($0.name.text): \($1)" }.joined(separator: "\n")
        return """
            \(access)var json: MCPCore.JSONValue {
                switch self {
            \(branches.indented(by: 4))
                }
            }
            """
    }

    var schema: String {
        let values = hasRawValues ? cases.map { "Self.\($0.name.text).rawValue.json" } : names
        var arguments = ["[\(values.joined(separator: ", "))]"]
        if let description { arguments.append("description: \(description.swiftLiteral)") }
        if cases.contains(where: { $0.description != nil }) {
            arguments.append("cases: [\(cases.map { $0.description?.swiftLiteral ?? "nil" }.joined(separator: ", "))]")
        }
        if cases.contains(where: { $0.title != nil }) {
            arguments.append("titles: [\(cases.map { $0.title ?? "nil" }.joined(separator: ", "))]")
        }
        return """
            \(access)static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                MCPCore.EnumSchema.schema(\(arguments.joined(separator: ", ")))
            }
            """
    }
}
