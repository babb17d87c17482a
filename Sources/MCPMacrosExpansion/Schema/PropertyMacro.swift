import SwiftSyntax
import SwiftSyntaxMacros

/// `@Property(…)`: says more of a stored property of a `@Schema` struct, or of a case of a `@Schema` enum. `@Schema` reads it; by itself it
/// adds nothing.
open class PropertyMacro: PeerMacro {
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        if declaration.is(EnumCaseDeclSyntax.self) {
            for argument in node.labeledArguments where !["name", "title", "description"].contains(argument.label?.text) {
                context.report([
                    Finding(argument, "caseProperty", "@Property gives a case only a name, a title and a description; put bounds on a struct that it carries")
                ])
            }
        } else if declaration.as(VariableDeclSyntax.self).map({ $0.modifiers.contains(.static) || $0.bindings.contains(where: \.isComputed) }) ?? true {
            context.report([
                Finding(node, "propertyTarget", "@Property says more of a stored property or a case; it has no effect here, remove it")
            ])
            return []
        }
        guard let type = context.lexicalContext.first?.asProtocol((any WithAttributesSyntax).self),
            type.attributes.attribute(named: "Schema") != nil
        else {
            context.report([Finding(node, "propertyWithoutSchema", "@Property is read by @Schema; put @Schema on the type around it")])
            return []
        }
        return []
    }
}
