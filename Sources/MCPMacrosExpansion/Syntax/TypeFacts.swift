import SwiftSyntax

extension TypeSyntax {
    /// The type as an expression that `.self` can follow.
    var metatypeExpression: String {
        if let unwrapped = self.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
            return "\(unwrapped.wrappedType.trimmedDescription)?.self"
        }
        return "\(trimmedDescription).self"
    }

    /// Whether the type is written as an optional.
    var isWrittenOptional: Bool {
        if self.is(OptionalTypeSyntax.self) || self.is(ImplicitlyUnwrappedOptionalTypeSyntax.self) { return true }
        return self.as(IdentifierTypeSyntax.self)?.name.text == "Optional"
    }

    /// The last name of a named type: `RequestContext` of `MCPCore.RequestContext`.
    var lastName: String? {
        if let member = self.as(MemberTypeSyntax.self) { return member.name.text }
        return self.as(IdentifierTypeSyntax.self)?.name.text
    }

    var isVoid: Bool {
        if let tuple = self.as(TupleTypeSyntax.self) { return tuple.elements.isEmpty }
        return lastName == "Void"
    }

    /// Why the type cannot be JSON, as far as its form shows it; the compiler finds the rest, for want of a `SchemaCodable` conformance.
    var unsupportedPart: (node: Syntax, reason: String)? {
        let finder = UnsupportedTypeFinder(viewMode: .sourceAccurate)
        finder.walk(self)
        return finder.found
    }
}

private final class UnsupportedTypeFinder: SyntaxVisitor {
    var found: (node: Syntax, reason: String)?

    private func report(_ node: some SyntaxProtocol, _ reason: String) -> SyntaxVisitorContinueKind {
        if found == nil { found = (Syntax(node), reason) }
        return .skipChildren
    }

    override func visit(_ node: TupleTypeSyntax) -> SyntaxVisitorContinueKind {
        // Parentheses around one type are no tuple.
        node.elements.count == 1 ? .visitChildren : report(node, "a tuple has no JSON form; use a struct with @Schema")
    }

    override func visit(_ node: FunctionTypeSyntax) -> SyntaxVisitorContinueKind {
        report(node, "a closure has no JSON form; use a type that is SchemaCodable")
    }

    override func visit(_ node: SomeOrAnyTypeSyntax) -> SyntaxVisitorContinueKind {
        report(
            node,
            "'\(node.someOrAnySpecifier.text)' leaves open which type the JSON is read as; use a concrete type, or JSONValue for any JSON")
    }

    override func visit(_ node: DictionaryTypeSyntax) -> SyntaxVisitorContinueKind {
        guard let key = node.key.as(IdentifierTypeSyntax.self)?.name.text, Self.neverKeys.contains(key) else { return .visitChildren }
        return report(node.key, "the names of a JSON object are strings; use [String: \(node.value.trimmedDescription)]")
    }

    override func visit(_ node: IdentifierTypeSyntax) -> SyntaxVisitorContinueKind {
        switch node.name.text {
        case "Any", "AnyObject": report(node, "'\(node.name.text)' can be anything; use JSONValue for any JSON")
        default: .visitChildren
        }
    }

    private static let neverKeys: Set<String> = [
        "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "Double", "Float", "Bool", "UUID",
        "Character",
    ]
}
