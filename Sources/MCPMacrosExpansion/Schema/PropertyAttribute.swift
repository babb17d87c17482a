import SwiftSyntax

/// What `@Property(…)` says of a stored property or a case, and `@Parameter("name", …)` of a parameter.
struct PropertyAttribute {
    private(set) var name: String?
    private(set) var description: String?
    /// The other arguments, which are those of `PropertyKeywords`.
    private(set) var keywords: [(label: String, value: ExprSyntax)] = []

    init(_ attribute: AttributeSyntax?, findings: inout [Finding]) {
        guard let attribute else { return }
        for argument in attribute.labeledArguments {
            guard let label = argument.label?.text else { continue }
            guard label == "name" || label == "description" else {
                keywords.append((label, argument.expression))
                continue
            }
            guard let value = argument.expression.stringLiteralValue else {
                findings.append(
                    Finding(
                        argument.expression, "propertyArgument",
                        "'\(label)' of @\(attribute.plainName) is read when the macro is expanded; write a string literal without interpolation"))
                continue
            }
            if label == "name" { name = value } else { description = value }
        }
    }

    /// The expression for the name for people.
    var title: String? { keywords.first { $0.label == "title" }?.value.trimmedDescription }

    /// The arguments of `PropertyKeywords`.
    var arguments: [String] { keywords.map { "\($0.label): \($0.value.trimmedDescription)" } }
}
