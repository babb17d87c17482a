import SwiftSyntax
import SwiftSyntaxMacros

/// `@Schema`: makes a struct or an enum `SchemaCodable`.
open class SchemaMacro: ExtensionMacro {
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
                extension \(raw: type.trimmedDescription)\(raw: conformance)\(raw: requirements(of: declaration, in: context)) {
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
        let tag = tag(of: node, &findings)
        if let structure = declaration.as(StructDeclSyntax.self) {
            let schema = StructSchema(
                name: structure.name.plainName, description: DocComment(of: structure).description,
                properties: StoredProperty.all(in: structure.memberBlock.members, findings: &findings), access: access)
            if let tag { findings.append(needlessTag(tag.node)) }
            return [(.decoding, schema.decoding), (.encoding, schema.encoding), (.schema, schema.schema)]
        }
        if let enumeration = declaration.as(EnumDeclSyntax.self) {
            let cases = EnumCase.all(of: enumeration, tag: tag?.name ?? defaultTag, findings: &findings)
            if cases.isEmpty {
                findings.append(
                    Finding(enumeration.name, "noCases", "'\(enumeration.name.text)' has no cases, so that no JSON value is valid; add cases"))
            }
            if cases.contains(where: { !$0.payload.isEmpty }) {
                let schema = TaggedCases(
                    name: enumeration.name.plainName, description: DocComment(of: enumeration).description, tag: tag?.name ?? defaultTag,
                    cases: cases, access: access)
                return [(.decoding, schema.decoding), (.encoding, schema.encoding), (.schema, schema.schema)]
            }
            if let tag { findings.append(needlessTag(tag.node)) }
            let schema = EnumCases(enumeration, cases: cases, access: access, findings: &findings)
            return [(.decoding, schema.decoding), (.encoding, schema.encoding), (.schema, schema.schema)]
        }
        findings.append(
            Finding(
                node, "schemaTarget",
                "@Schema describes values; put it on a struct or an "
                    + "enum, or write the SchemaCodable conformance by hand"))
        return []
    }

    private static let defaultTag = "type"

    /// What `@Schema(tag:)` says.
    private static func tag(of node: AttributeSyntax, _ findings: inout [Finding]) -> (name: String, node: ExprSyntax)? {
        guard let expression = node.labeledArguments.first(where: { $0.label?.text == "tag" })?.expression else { return nil }
        guard let name = expression.stringLiteralValue, !name.isEmpty else {
            findings.append(
                Finding(expression, "tagLiteral", "the tag is read when the macro is expanded; write a string literal that is not empty"))
            return nil
        }
        return (name, expression)
    }

    private static func needlessTag(_ expression: ExprSyntax) -> Finding {
        Finding(expression, "needlessTag", "the tag tells the cases of an enum with associated values apart; this type has none, remove it")
    }

    /// A generic type is a schema where its parameters are, and a type inside of one where those that it names are.
    private static func requirements(of declaration: some DeclGroupSyntax, in context: some MacroExpansionContext) -> String {
        func names(_ node: Syntax) -> [String] {
            let clause = node.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause
            return clause?.parameters.map(\.name.text) ?? []
        }
        let used = Set(declaration.tokens(viewMode: .sourceAccurate).map(\.text))
        let parameters = names(Syntax(declaration)) + context.lexicalContext.flatMap(names).filter(used.contains)
        guard !parameters.isEmpty else { return "" }
        return " where " + parameters.map { "\($0): MCPCore.SchemaCodable" }.joined(separator: ", ")
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
