import SwiftSyntax

/// A parameter of a tool's function.
struct ToolParameter {
    /// How it is labelled at the call; `nil` for `_`.
    let label: String?
    /// What it is called inside the function, which is the name of the argument.
    let name: TokenSyntax
    let type: TypeSyntax
    let defaultValue: ExprSyntax?
    /// What `@Parameter` says of it.
    let attribute: PropertyAttribute?
    /// Whether it takes the context of the request, and is no argument.
    let isContext: Bool

    /// Reads a parameter; what cannot be an argument of a tool is added to `findings`.
    init?(
        _ parameter: FunctionParameterSyntax, attributes: ParameterAttributes, staticNames: Set<String>, findings: inout [Finding]
    ) {
        let name = parameter.secondName ?? parameter.firstName
        attribute = attributes[name.plainName]
        self.name = name
        label = parameter.firstName.tokenKind == .wildcard ? nil : callLabel(parameter.firstName.plainName)
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
        KeywordCheck(name: name.text, type: type, keywords: attribute?.keywords ?? []).report(defaultValue: defaultValue, &findings)
    }

    /// The name of the argument in JSON.
    var jsonName: String { attribute?.name ?? name.plainName }

    /// Whether a missing argument means the default. An optional with `nil` means `nil` anyway.
    private var hasDefault: Bool { defaultValue.map { !(type.isWrittenOptional && $0.isNilLiteral) } ?? false }

    /// What the call passes.
    var callArgument: String {
        let prefix = label.map { "\($0): " } ?? ""
        if isContext { return prefix + "context" }
        var arguments = ["\(jsonName.swiftLiteral)", "as: \(type.metatypeExpression)"]
        if hasDefault, let defaultValue { arguments.append("default: \(defaultValue.trimmedDescription)") }
        return "\(prefix)arguments.decode(\(arguments.joined(separator: ", ")))"
    }

    func schemaArguments(description: String?) -> String {
        schemaPropertyArguments(
            name: jsonName, type: type, defaultValue: hasDefault ? defaultValue : nil, description: attribute?.description ?? description,
            keywords: attribute?.arguments ?? [])
    }
}
