import SwiftSyntax
import SwiftSyntaxMacros

/// `@Toolbox`: makes a type whose functions are marked with `@Tool` a `Toolbox`.
open class ToolboxMacro: ExtensionMacro {
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        // Said in the member role: the compiler does not expand the extension of a local type.
        if isLocal(context) { return [] }
        var findings: [Finding] = []
        check(declaration, node, &findings)
        guard !findings.hasErrors else {
            context.report(findings)
            return []
        }
        let functions = tools(of: declaration, &findings)
        if functions.isEmpty, !findings.hasErrors, !declaration.tokens(viewMode: .sourceAccurate).marksTool {
            findings.append(Finding(node, "noTools", "no function of this type is a tool; put @Tool on one", severity: .warning))
        }
        context.report(findings)
        let isActor = declaration.is(ActorDeclSyntax.self)
        let isIsolated = isActor || declaration.attributes.isolateToGlobalActor
        let body = functions.map { $0.registration(awaitsActor: isIsolated) }.joined(separator: "\n")
        let access = accessModifier(of: declaration, in: context)
        let statements =
            functions.isEmpty ? "[]" : "var tools: [MCPCore.ServerTool] = []\n\(body)\nreturn tools"
        return [
            try ExtensionDeclSyntax(
                """
                extension \(raw: type.trimmedDescription)\(raw: protocols.isEmpty ? "" : ": MCPCore.Toolbox") {
                    \(raw: access)\(raw: isIsolated ? "nonisolated " : "")var tools: [MCPCore.ServerTool] {
                \(raw: statements.indented(by: 8))
                    }
                }
                """)
        ]
    }

    private static func check(
        _ declaration: some DeclGroupSyntax, _ node: AttributeSyntax, _ findings: inout [Finding]
    ) {
        if !(declaration.is(StructDeclSyntax.self) || declaration.is(ActorDeclSyntax.self) || declaration.is(ClassDeclSyntax.self)) {
            findings.append(Finding(node, "toolboxTarget", "@Toolbox needs a struct, an actor or a final class"))
        } else if let type = declaration.as(ClassDeclSyntax.self), !type.modifiers.contains(.final) {
            let final = DeclModifierSyntax(name: .keyword(.final, trailingTrivia: .space))
            var changed = type
            if type.modifiers.isEmpty {
                changed.classKeyword.leadingTrivia = []
                changed.modifiers = [final.with(\.leadingTrivia, type.classKeyword.leadingTrivia)]
            } else {
                changed.modifiers.append(final)
            }
            findings.append(
                Finding(
                    type.classKeyword, "toolboxClass",
                    "a toolbox is used by concurrent calls, and only "
                        + "a final class can be Sendable; make it 'final'",
                    fixIts: [.replacing(type, with: changed, id: "makeFinal", "make it 'final'")]))
        }
        for member in declaration.memberBlock.members {
            guard let variable = member.decl.as(VariableDeclSyntax.self), !variable.modifiers.contains(.static) else { continue }
            for binding in variable.bindings where binding.pattern.trimmedDescription == "tools" {
                findings.append(Finding(binding.pattern, "reservedName", "'tools' is the member that @Toolbox adds; rename this property"))
            }
        }
    }

    /// The functions that can be tools. What is wrong with the others, `@Tool` says where they stand.
    private static func tools(of declaration: some DeclGroupSyntax, _ findings: inout [Finding]) -> [ToolFunction] {
        let statics = declaration.staticNames
        var functions: [ToolFunction] = []
        for member in declaration.memberBlock.members {
            if let conditional = member.decl.as(IfConfigDeclSyntax.self), conditional.tokens(viewMode: .sourceAccurate).marksTool {
                findings.append(
                    Finding(
                        conditional, "conditionalTool",
                        "@Toolbox does not see tools inside #if; "
                            + "put the #if inside the function's body"))
            }
            guard let function = member.decl.as(FunctionDeclSyntax.self), let attribute = function.attributes.attribute(named: "Tool")
            else {
                continue
            }
            var ownFindings: [Finding] = []
            let tool = ToolFunction(function, attribute: attribute, staticNames: statics, findings: &ownFindings)
            guard !ownFindings.hasErrors else { continue }
            if functions.contains(where: { $0.toolName == tool.toolName }) {
                findings.append(
                    Finding(
                        function.name, "duplicateTool",
                        "two tools have the name '\(tool.toolName)'; "
                            + "give one of them another with @Tool(\"name\")"))
                continue
            }
            functions.append(tool)
        }
        return functions
    }
}

extension ToolboxMacro: MemberMacro {
    /// Adds nothing, and says what to do where the type is local: for such a type the compiler expands this role only.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        context.report(localType(node, in: context))
        return []
    }
}

extension TokenSequence {
    /// Whether `@Tool` is among the tokens.
    fileprivate var marksTool: Bool {
        var afterAt = false
        for token in self {
            if afterAt, token.text == "Tool" { return true }
            afterAt = token.tokenKind == .atSign
        }
        return false
    }
}
