import SwiftSyntax
import SwiftSyntaxMacros

/// `@Tool`: marks a function for `@Toolbox`, and says what is wrong where it cannot be a tool. By itself it adds nothing.
open class ToolMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings: [Finding] = []
        defer { context.report(findings) }
        guard let function = declaration.as(FunctionDeclSyntax.self) else {
            findings.append(Finding(node, "toolTarget", "@Tool marks a function; remove it here"))
            return []
        }
        checkPlace(node, &findings, in: context)
        _ = ToolFunction(function, attribute: node, staticNames: [], findings: &findings)
        return []
    }

    private static func checkPlace(_ node: AttributeSyntax, _ findings: inout [Finding], in context: some MacroExpansionContext) {
        guard let surrounding = context.lexicalContext.first(where: { !$0.is(IfConfigDeclSyntax.self) }) else {
            findings.append(Finding(node, "toolOutside", "@Tool marks a function of a type with @Toolbox; move this function into one"))
            return
        }
        if surrounding.is(ExtensionDeclSyntax.self) {
            findings.append(
                Finding(
                    node, "toolInExtension",
                    "@Toolbox does not see functions of an extension; "
                        + "move this one between the braces of its type"))
        } else if let type = surrounding.asProtocol((any WithAttributesSyntax).self), surrounding.isProtocol((any DeclGroupSyntax).self) {
            if type.attributes.attribute(named: "Toolbox") == nil {
                findings.append(Finding(node, "toolWithoutToolbox", "@Tool is read by @Toolbox; put @Toolbox on the type around it"))
            }
        } else {
            findings.append(Finding(node, "toolOutside", "@Tool marks a function of a type with @Toolbox; move this function into one"))
        }
    }
}
