import SwiftSyntax

/// What the `@Parameter("name", …)` of a tool's function say, by the parameter's name.
struct ParameterAttributes {
    private var attributes: [String: PropertyAttribute] = [:]

    /// Reads them; one that names no argument, or names one again, is added to `findings`.
    init(_ function: FunctionDeclSyntax, findings: inout [Finding]) {
        let arguments = function.signature.parameterClause.parameters.filter { $0.type.lastName != "RequestContext" }
            .map { ($0.secondName ?? $0.firstName).plainName }
        for attribute in function.attributes.attributes(named: "Parameter") {
            guard let expression = attribute.labeledArguments.first(where: { $0.label == nil })?.expression else { continue }
            guard let name = expression.stringLiteralValue else {
                findings.append(
                    Finding(
                        expression, "parameterName",
                        "the name of a parameter is read when the macro is expanded; write a string literal without interpolation"))
                continue
            }
            guard arguments.contains(name) else {
                let known = arguments.isEmpty ? "there are none" : "there are " + arguments.map { "'\($0)'" }.joined(separator: ", ")
                findings.append(Finding(expression, "unknownParameter", "no argument is called '\(name)'; \(known)"))
                continue
            }
            guard attributes[name] == nil else {
                findings.append(Finding(attribute, "repeatedParameter", "'\(name)' has two @Parameter; join them"))
                continue
            }
            attributes[name] = PropertyAttribute(attribute, findings: &findings)
        }
    }

    subscript(name: String) -> PropertyAttribute? { attributes[name] }
}
