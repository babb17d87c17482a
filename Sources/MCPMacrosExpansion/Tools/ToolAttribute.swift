import SwiftSyntax

/// What `@Tool(…)` says of a function.
struct ToolAttribute {
    private(set) var name: String?
    /// The hints as they are written, each an expression of type `ToolHints`.
    private(set) var hints: [String] = []
    private(set) var description: ExprSyntax?
    /// The arguments that are passed on as they are: `title` and `icons`.
    private(set) var others: [(label: String, expression: ExprSyntax)] = []

    init(_ attribute: AttributeSyntax, findings: inout [Finding]) {
        for argument in attribute.labeledArguments {
            let expression = argument.expression.trimmed
            switch argument.label?.text {
            case "description": description = expression
            case let label?: others.append((label, expression))
            case nil:
                guard expression.is(StringLiteralExprSyntax.self) else {
                    hints.append(expression.trimmedDescription)
                    continue
                }
                guard let literal = expression.stringLiteralValue else {
                    findings.append(
                        Finding(
                            argument.expression, "toolNameLiteral",
                            "the name of a tool is checked when the macro is expanded; write a string literal without interpolation"))
                    continue
                }
                name = literal
                if let problem = Self.problem(withName: literal) {
                    findings.append(Finding(argument.expression, "toolName", "'\(literal)' is no name for a tool: \(problem)"))
                }
            }
        }
        checkHints(attribute, &findings)
    }

    /// What is wrong with a tool's name (specification, server/tools, "Tool Names").
    static func problem(withName name: String) -> String? {
        if name.isEmpty || name.utf8.count > 128 { return "use 1 to 128 characters" }
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return allowed ? nil : "use only A-Z, a-z, 0-9, '_', '-' and '.'"
    }

    private func checkHints(_ attribute: AttributeSyntax, _ findings: inout [Finding]) {
        let text = hints.joined(separator: ",")
        let names = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        for (one, other) in [
            ("readOnly", "destructive"), ("readOnly", "additive"), ("destructive", "additive"), ("openWorld", "closedWorld"),
        ]
        where names.contains(one) && names.contains(other) {
            findings.append(
                Finding(attribute, "contradiction", "'.\(one)' and '.\(other)' contradict each other; remove one of them"))
        }
    }
}
