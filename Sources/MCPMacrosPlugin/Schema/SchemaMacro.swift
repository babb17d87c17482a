import SwiftSyntax
import SwiftSyntaxMacros

/// `@Schema`: makes a struct or an enum `SchemaCodable`.
public struct SchemaMacro: ExtensionMacro {
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        var findings: [Finding] = []
        let members = members(of: declaration, node, &findings, in: context)
        context.report(findings)
        guard !findings.hasErrors, !members.isEmpty else { return [] }
        let written = members.filter { !declaration.declares($0.kind) }.map(\.source)
        // `SchemaCodable` and what it inherits: a conditional conformance does not imply the inherited ones.
        let conformances = protocols.map { "MCPCore.\($0.trimmedDescription)" }.joined(separator: ", ")
        let conformance = conformances.isEmpty ? "" : ": " + conformances
        return [
            try ExtensionDeclSyntax(
                """
                extension \(raw: type.trimmedDescription)\(raw: conformance)\(raw: requirements(of: declaration)) {
                \(raw: written.joined(separator: "\n\n").indented(by: 4))
                }
                """)
        ]
    }

    private static func members(
        of declaration: some DeclGroupSyntax, _ node: AttributeSyntax, _ findings: inout [Finding], in context: some MacroExpansionContext
    ) -> [(kind: SchemaMacroMember, source: String)] {
        // Said in the member role: the compiler does not expand the extension of a local type.
        if isLocal(context) { return [] }
        let access = accessModifier(of: declaration, in: context)
        if let structure = declaration.as(StructDeclSyntax.self) {
            let schema = StructSchema(
                name: structure.name.plainName, description: DocComment(of: structure).description,
                properties: StoredProperty.all(in: structure.memberBlock.members, findings: &findings), access: access)
            return [(.decoding, schema.decoding), (.encoding, schema.encoding), (.schema, schema.schema)]
        }
        if let enumeration = declaration.as(EnumDeclSyntax.self) {
            let schema = EnumCases(enumeration, access: access, findings: &findings)
            return [(.decoding, schema.decoding), (.encoding, schema.encoding), (.schema, schema.schema)]
        }
        findings.append(
            Finding(
                node, "schemaTarget",
                "@Schema describes values; put it on a struct or an "
                    + "enum, or write the SchemaCodable conformance by hand"))
        return []
    }

    /// A generic type is a schema where its parameters are.
    private static func requirements(of declaration: some DeclGroupSyntax) -> String {
        guard let parameters = declaration.as(StructDeclSyntax.self)?.genericParameterClause?.parameters else { return "" }
        return " where " + parameters.map { "\($0.name.text): MCPCore.SchemaCodable" }.joined(separator: ", ")
    }
}

extension SchemaMacro: MemberMacro {
    /// Adds nothing, and says what to do where the type is local: for such a type the compiler expands this role only.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        context.report(localType(node, in: context))
        return []
    }
}

/// What `@Schema` adds to a type.
private enum SchemaMacroMember { case decoding, encoding, schema }

extension DeclGroupSyntax {
    /// Whether the type has written that member itself; the macro then leaves it alone.
    fileprivate func declares(_ kind: SchemaMacroMember) -> Bool {
        memberBlock.members.contains { member in
            switch kind {
            case .decoding:
                guard let parameters = member.decl.as(InitializerDeclSyntax.self)?.signature.parameterClause.parameters else {
                    return false
                }
                return parameters.count == 1 && parameters.first?.firstName.text == "json"
            case .encoding:
                return member.decl.as(VariableDeclSyntax.self)?.bindings.contains {
                    $0.isComputed && $0.pattern.trimmedDescription == "json"
                }
                    ?? false
            case .schema: return member.decl.as(FunctionDeclSyntax.self)?.name.text == "jsonSchema"
            }
        }
    }
}
