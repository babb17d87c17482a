import SwiftSyntax

/// Finds keywords that say nothing of the type that is written beside them, and bounds that no value is within. What a macro cannot see (a
/// type behind a name, a bound that is no literal) is left to the validator.
struct KeywordCheck {
    let name: String
    let type: TypeSyntax
    let keywords: [(label: String, value: ExprSyntax)]

    func report(defaultValue: ExprSyntax?, _ findings: inout [Finding]) {
        for (label, value) in keywords {
            guard let wanted = JSONKind.all.first(where: { $0.keywords.contains(label) }), let kind = type.jsonKind, kind != wanted else { continue }
            findings.append(
                Finding(
                    value, "keywordType",
                    "'\(label)' bounds \(wanted.phrase), and '\(name)' is \(kind.phrase); \(kind.advice)"))
        }
        for label in ["minLength", "maxLength", "minItems", "maxItems"] {
            if let (bound, value) = literal(label), bound < 0 {
                findings.append(Finding(value, "negativeLength", "'\(label)' is a number of elements; write 0 or more"))
            }
        }
        if let (divisor, value) = literal("multipleOf"), divisor <= 0 {
            findings.append(Finding(value, "multipleOf", "'multipleOf' is a divisor; write a number greater than 0"))
        }
        for (low, high) in [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")] {
            guard let (least, _) = literal(low), let (most, value) = literal(high), least > most else { continue }
            findings.append(Finding(value, "emptyRange", "no value is valid: '\(low)' is greater than '\(high)'; exchange them"))
        }
        reportDefault(defaultValue, &findings)
    }

    private func reportDefault(_ expression: ExprSyntax?, _ findings: inout [Finding]) {
        guard let expression, let value = expression.numberLiteralValue, type.jsonKind == .number else { return }
        let broken: [(String, (Double) -> Bool)] = [
            ("minimum", { value < $0 }), ("maximum", { value > $0 }), ("exclusiveMinimum", { value <= $0 }), ("exclusiveMaximum", { value >= $0 }),
        ]
        for (label, isBroken) in broken {
            guard let (bound, written) = literal(label), isBroken(bound) else { continue }
            findings.append(
                Finding(
                    written, "defaultOutside",
                    "the default of '\(name)' is outside of its own '\(label)', \(written.trimmedDescription); change one of them"))
        }
    }

    private func literal(_ label: String) -> (Double, ExprSyntax)? {
        guard let value = keywords.first(where: { $0.label == label })?.value, let number = value.numberLiteralValue else { return nil }
        return (number, value)
    }
}

/// What a written type is in JSON, as far as its name shows it.
private enum JSONKind {
    case number, string, array, object, boolean

    static let all: [JSONKind] = [.number, .string, .array]

    var keywords: Set<String> {
        switch self {
        case .number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
        case .string: ["minLength", "maxLength", "pattern", "format"]
        case .array: ["minItems", "maxItems", "uniqueItems"]
        case .object, .boolean: []
        }
    }

    var phrase: String {
        switch self {
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        case .boolean: "a boolean"
        }
    }

    var advice: String {
        switch self {
        case .number: "use minimum, maximum or multipleOf"
        case .string: "use minLength, maxLength, pattern or format"
        case .array: "use minItems, maxItems or uniqueItems, or give the elements a @Schema type with bounds of its own"
        case .object: "give its values a @Schema type with bounds of its own"
        case .boolean: "remove it"
        }
    }
}

extension TypeSyntax {
    fileprivate var jsonKind: JSONKind? {
        if let optional = self.as(OptionalTypeSyntax.self) { return optional.wrappedType.jsonKind }
        if let optional = self.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) { return optional.wrappedType.jsonKind }
        if self.is(ArrayTypeSyntax.self) { return .array }
        if self.is(DictionaryTypeSyntax.self) { return .object }
        switch self.as(IdentifierTypeSyntax.self)?.name.text {
        case "Int", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64", "Double", "Float", "Duration": return .number
        case "String", "Date", "URL", "UUID", "Data", "Timestamp": return .string
        case "Array", "Set": return .array
        case "Dictionary", "JSONObject": return .object
        case "Bool": return .boolean
        default: return nil
        }
    }
}

extension ExprSyntax {
    /// The value of a number literal, with its sign.
    fileprivate var numberLiteralValue: Double? {
        switch self.as(ExprSyntaxEnum.self) {
        case .integerLiteralExpr(let literal): literal.representedLiteralValue.map(Double.init)
        case .floatLiteralExpr(let literal): literal.representedLiteralValue
        case .prefixOperatorExpr(let prefixed) where prefixed.operator.text == "-": prefixed.expression.numberLiteralValue.map { -$0 }
        default: nil
        }
    }
}
