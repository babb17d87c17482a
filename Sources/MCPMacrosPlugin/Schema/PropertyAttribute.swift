import SwiftSyntax

/// What `@Property(…)` says of a stored property.
struct PropertyAttribute {
    private(set) var name: String?
    private(set) var description: String?
    /// The other arguments, as they are written: they are those of `PropertyKeywords`.
    private(set) var keywords: [String] = []

    init(_ attribute: AttributeSyntax?, findings: inout [Finding]) {
        guard let attribute else { return }
        for argument in attribute.labeledArguments {
            let label = argument.label?.text ?? ""
            guard label == "name" || label == "description" else {
                keywords.append("\(label): \(argument.expression.trimmedDescription)")
                continue
            }
            guard let value = argument.expression.stringLiteralValue else {
                findings.append(
                    Finding(
                        argument.expression, "propertyArgument",
                        "'\(label)' of @Property is read when the macro is expanded; write a string literal without interpolation"))
                continue
            }
            if label == "name" { name = value } else { description = value }
        }
    }
}
