import SwiftSyntax

/// A default argument may name a static member of its type without `Self.`; at the place where the macro writes it, it may not.
final class QualifyingStatics: SyntaxRewriter {
    let names: Set<String>
    init(names: Set<String>) { self.names = names }

    override func visit(_ node: DeclReferenceExprSyntax) -> ExprSyntax {
        guard names.contains(node.baseName.text), !isMemberName(node) else { return ExprSyntax(node) }
        return ExprSyntax(
            MemberAccessExprSyntax(
                leadingTrivia: node.leadingTrivia, base: DeclReferenceExprSyntax(baseName: .keyword(.Self)),
                declName: node.with(\.leadingTrivia, [])))
    }

    /// The `b` of `a.b`.
    private func isMemberName(_ node: DeclReferenceExprSyntax) -> Bool {
        node.parent?.as(MemberAccessExprSyntax.self)?.declName.id == node.id
    }
}

extension DeclGroupSyntax {
    /// The names of static properties and functions of the type, as far as its own braces hold them.
    var staticNames: Set<String> {
        var names: Set<String> = []
        for member in memberBlock.members {
            if let variable = member.decl.as(VariableDeclSyntax.self), variable.modifiers.contains(.static) {
                names.formUnion(variable.bindings.map(\.pattern.trimmedDescription))
            } else if let function = member.decl.as(FunctionDeclSyntax.self), function.modifiers.contains(.static) {
                names.insert(function.name.text)
            }
        }
        return names
    }
}
