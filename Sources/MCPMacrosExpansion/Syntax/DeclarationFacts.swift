import SwiftSyntax
import SwiftSyntaxMacros

extension DeclModifierListSyntax {
    func contains(_ keyword: Keyword) -> Bool { contains { $0.name.tokenKind == .keyword(keyword) } }
}

extension AttributeListSyntax {
    /// The attribute of that name, written alone or after a module's name.
    func attribute(named name: String) -> AttributeSyntax? { attributes(named: name).first }

    /// All attributes of that name, in order.
    func attributes(named name: String) -> [AttributeSyntax] {
        compactMap { element in
            if case .attribute(let attribute) = element, attribute.plainName == name { attribute } else { nil }
        }
    }

    /// Whether a global actor isolates the declaration. A macro sees only names, and those of global actors end in `Actor`.
    var isolateToGlobalActor: Bool {
        contains { element in
            if case .attribute(let attribute) = element { attribute.plainName.hasSuffix("Actor") } else { false }
        }
    }
}

extension AttributeSyntax {
    var plainName: String {
        if let member = attributeName.as(MemberTypeSyntax.self) { return member.name.text }
        return attributeName.as(IdentifierTypeSyntax.self)?.name.text ?? attributeName.trimmedDescription
    }

    var labeledArguments: [LabeledExprSyntax] {
        if case .argumentList(let list)? = arguments { Array(list) } else { [] }
    }
}

/// The access level that a witness needs, so that it is visible where its type is.
func accessModifier(of declaration: some DeclGroupSyntax, in context: some MacroExpansionContext) -> String {
    func level(_ modifiers: DeclModifierListSyntax) -> String? {
        if modifiers.contains(.public) || modifiers.contains(.open) { return "public " }
        if modifiers.contains(.package) { return "package " }
        return modifiers.contains(.internal) || modifiers.contains(.private) || modifiers.contains(.fileprivate) ? "" : nil
    }
    if let own = level(declaration.modifiers) { return own }
    // `public extension Weather { @Schema struct Forecast … }` makes the struct public without saying so on it.
    guard let surrounding = context.lexicalContext.first?.as(ExtensionDeclSyntax.self) else { return "" }
    return level(surrounding.modifiers) ?? ""
}

/// Whether the code stands inside a function, an accessor or a closure, where a macro can add no extension.
func isLocal(_ context: some MacroExpansionContext) -> Bool {
    context.lexicalContext.contains { node in
        !(node.isProtocol((any DeclGroupSyntax).self) || node.is(IfConfigDeclSyntax.self))
    }
}

/// What is said of a type that is local, to which no macro can add a conformance.
func localType(_ attribute: AttributeSyntax, in context: some MacroExpansionContext) -> [Finding] {
    guard isLocal(context) else { return [] }
    return [
        Finding(
            attribute, "localType",
            "@\(attribute.plainName) cannot extend a type that is local to a function; move the type out of the function")
    ]
}
