import SwiftSyntax
import SwiftSyntaxMacros

/// `@Property(…)`: says more of a stored property of a `@Schema` struct. `@Schema` reads it; by itself it adds nothing.
public struct PropertyMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        guard let variable = declaration.as(VariableDeclSyntax.self), !variable.modifiers.contains(.static),
            variable.bindings.allSatisfy({ !$0.isComputed })
        else {
            context.report([Finding(node, "propertyTarget", "@Property says more of a stored property; it has no effect here, remove it")])
            return []
        }
        guard let type = context.lexicalContext.first?.asProtocol((any WithAttributesSyntax).self),
            type.attributes.attribute(named: "Schema") != nil
        else {
            context.report([Finding(node, "propertyWithoutSchema", "@Property is read by @Schema; put @Schema on the struct around it")])
            return []
        }
        return []
    }
}
