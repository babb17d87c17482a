import SwiftSyntax
import SwiftSyntaxMacros

/// `@Parameter("name", …)`: says more of a parameter of a tool. `@Toolbox` reads it; by itself it adds nothing.
open class ParameterMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard let function = declaration.as(FunctionDeclSyntax.self), function.attributes.attribute(named: "Tool") != nil else {
            context.report([Finding(node, "parameterWithoutTool", "@Parameter says more of a parameter of a tool; put it on a function with @Tool")])
            return []
        }
        return []
    }
}
