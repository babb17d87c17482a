import SwiftSyntax

/// What `@Schema` writes for an enum whose cases have no payload.
struct EnumCases {
    let cases: [(name: TokenSyntax, description: String?)]
    let hasRawValues: Bool
    let description: String?
    let access: String

    init(_ declaration: EnumDeclSyntax, access: String, findings: inout [Finding]) {
        var cases: [(name: TokenSyntax, description: String?)] = []
        for member in declaration.memberBlock.members {
            if let conditional = member.decl.as(IfConfigDeclSyntax.self) {
                findings.append(
                    Finding(
                        conditional, "conditionalCase",
                        "@Schema does not see cases inside #if; move them out of it, or write the SchemaCodable conformance by hand"))
            }
            guard let line = member.decl.as(EnumCaseDeclSyntax.self) else { continue }
            let description = DocComment(of: line).description
            for element in line.elements {
                if let payload = element.parameterClause {
                    findings.append(
                        Finding(
                            payload, "payload",
                            "@Schema does not describe associated values; use a struct with optional properties, "
                                + "or write the SchemaCodable conformance of '\(declaration.name.text)' by hand"))
                }
                cases.append((element.name.trimmed, description))
            }
        }
        if cases.isEmpty {
            findings.append(
                Finding(declaration.name, "noCases", "'\(declaration.name.text)' has no cases, so that no JSON value is valid; add cases"))
        }
        let rawType = declaration.inheritanceClause?.inheritedTypes.first?.type.lastName
        self.cases = cases
        self.hasRawValues = rawType.map(Self.rawTypes.contains) ?? false
        self.description = DocComment(of: declaration).description
        self.access = access
    }

    private static let rawTypes: Set<String> = [
        "String", "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "Double", "Float",
    ]

    private var names: [String] { cases.map(\.name.plainName.swiftLiteral) }

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
        return """
            \(access)static func jsonSchema(_ builder: inout MCPCore.JSONSchemaBuilder) -> MCPCore.JSONObject {
                MCPCore.EnumSchema.schema(\(arguments.joined(separator: ", ")))
            }
            """
    }
}
