import SwiftSyntax

/// A parameter of a tool's function.
struct ToolParameter {
    /// How it is labelled at the call; `nil` for `_`.
    let label: String?
    /// What it is called inside the function, which is the name of the argument.
    let name: TokenSyntax
    let type: TypeSyntax
    let defaultValue: ExprSyntax?
    /// Whether it takes the context of the request, and is no argument.
    let isContext: Bool

    /// Reads a parameter; what cannot be an argument of a tool is added to `findings`.
    init?(_ parameter: FunctionParameterSyntax, staticNames: Set<String>, findings: inout [Finding]) {
        let name = parameter.secondName ?? parameter.firstName
        self.name = name.trimmed
        label = parameter.firstName.tokenKind == .wildcard ? nil : Self.callLabel(parameter.firstName)
        var type = parameter.type
        if let attributed = type.as(AttributedTypeSyntax.self) {
            for case .simpleTypeSpecifier(let specifier) in attributed.specifiers where specifier.specifier.tokenKind == .keyword(.inout) {
                findings.append(
                    Finding(
                        parameter.type, "inoutParameter",
                        "a tool cannot take '\(name.text)' inout; "
                            + "take it by value and return what changed"))
                return nil
            }
            type = attributed.baseType
        }
        self.type = type.trimmed
        isContext = type.lastName == "RequestContext"
        defaultValue = parameter.defaultValue.map { QualifyingStatics(names: staticNames).rewrite($0.value).cast(ExprSyntax.self).trimmed }
        if parameter.ellipsis != nil {
            findings.append(
                Finding(
                    parameter, "variadicParameter",
                    "a tool cannot take '\(name.text)' as a variadic; "
                        + "take an array: [\(type.trimmedDescription)]"))
            return nil
        }
        if name.tokenKind == .wildcard, !isContext {
            findings.append(Finding(parameter, "namelessParameter", "an argument needs a name; give this parameter one"))
            return nil
        }
        if !isContext, let unsupported = type.unsupportedPart {
            findings.append(Finding(unsupported.node, "parameterType", "a tool cannot take '\(name.text)': \(unsupported.reason)"))
            return nil
        }
    }

    /// Of all keywords only these three need backticks at a call, and the compiler warns of the others'.
    private static func callLabel(_ name: TokenSyntax) -> String {
        ["inout", "var", "let"].contains(name.plainName) ? "`\(name.plainName)`" : name.plainName
    }

    /// Whether a missing argument means the default. An optional with `nil` means `nil` anyway.
    private var hasDefault: Bool { defaultValue.map { !(type.isWrittenOptional && $0.isNilLiteral) } ?? false }

    /// What the call passes.
    var callArgument: String {
        let prefix = label.map { "\($0): " } ?? ""
        if isContext { return prefix + "context" }
        var arguments = ["\(name.plainName.swiftLiteral)", "as: \(type.metatypeExpression)"]
        if hasDefault, let defaultValue { arguments.append("default: \(defaultValue.trimmedDescription)") }
        return "\(prefix)arguments.decode(\(arguments.joined(separator: ", ")))"
    }

    func schemaArguments(description: String?) -> String {
        schemaPropertyArguments(
            name: name.plainName, type: type, defaultValue: hasDefault ? defaultValue : nil, description: description)
    }
}

/// A default argument may name a static member of its type without `Self.`; at the place where the macro calls, it may not.
private final class QualifyingStatics: SyntaxRewriter {
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
