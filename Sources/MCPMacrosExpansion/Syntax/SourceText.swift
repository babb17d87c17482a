import SwiftSyntax

extension String {
    /// The text as a Swift string literal on one line.
    var swiftLiteral: String {
        var literal = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: literal += "\\u{\(String(scalar.value, radix: 16))}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }

    /// Each line that is not empty, indented.
    func indented(by columns: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : String(repeating: " ", count: columns) + $0 }
            .joined(separator: "\n")
    }
}

/// A label as a call writes it. Of all keywords only these three need backticks there, and the compiler warns of the others'.
func callLabel(_ plainName: String) -> String { ["inout", "var", "let"].contains(plainName) ? "`\(plainName)`" : plainName }

extension TokenSyntax {
    /// The name without the backticks that make a keyword a name.
    var plainName: String {
        let name = text
        return name.count > 1 && name.hasPrefix("`") && name.hasSuffix("`") ? String(name.dropFirst().dropLast()) : name
    }
}

extension ExprSyntax {
    /// The value of a string literal without interpolation.
    var stringLiteralValue: String? { self.as(StringLiteralExprSyntax.self)?.representedLiteralValue }

    /// Whether the expression means the same value wherever and whenever it is evaluated, as far as its form shows it: a literal, a
    /// collection of such, or a case of an enum written `.name`. Only such a default is told in a schema.
    var isLiteralDefault: Bool {
        switch self.as(ExprSyntaxEnum.self) {
        case .integerLiteralExpr, .floatLiteralExpr, .booleanLiteralExpr: true
        case .stringLiteralExpr: stringLiteralValue != nil
        case .nilLiteralExpr: true
        case .prefixOperatorExpr(let prefixed):
            prefixed.operator.text == "-"
                && (prefixed.expression.is(IntegerLiteralExprSyntax.self) || prefixed.expression.is(FloatLiteralExprSyntax.self))
        case .arrayExpr(let array): array.elements.allSatisfy(\.expression.isLiteralDefault)
        case .dictionaryExpr(let dictionary):
            switch dictionary.content {
            case .colon: true
            case .elements(let elements): elements.allSatisfy { $0.key.isLiteralDefault && $0.value.isLiteralDefault }
            }
        case .memberAccessExpr(let member): member.base == nil && member.declName.argumentNames == nil
        default: false
        }
    }

    var isNilLiteral: Bool { self.is(NilLiteralExprSyntax.self) }

    /// The type that a literal has where nothing else says one.
    var typeOfLiteral: String? {
        switch self.as(ExprSyntaxEnum.self) {
        case .integerLiteralExpr: "Int"
        case .floatLiteralExpr: "Double"
        case .booleanLiteralExpr: "Bool"
        case .stringLiteralExpr: "String"
        case .prefixOperatorExpr(let prefixed): prefixed.operator.text == "-" ? prefixed.expression.typeOfLiteral : nil
        default: nil
        }
    }
}
