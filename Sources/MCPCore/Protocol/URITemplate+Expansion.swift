extension URITemplate {
    /// The URI for these values (RFC 6570 section 3); a variable without a value is left out.
    public func expand(_ values: [String: URITemplateValue]) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): URICharacters.encode(text, keepsReserved: true)
            case .expression(let symbol, let variables): Self.expand(symbol, variables, values)
            }
        }.joined()
    }

    /// The URI for these values.
    public func expand(_ values: [String: String]) -> String { expand(values.mapValues { .text($0) }) }

    private static func expand(_ symbol: Operator?, _ variables: [Variable], _ values: [String: URITemplateValue]) -> String {
        let form = ExpressionForm(symbol)
        let texts = variables.compactMap { variable -> String? in
            switch values[variable.name] {
            case .text(let text)?:
                let value = variable.prefix.map { String(String.UnicodeScalarView(text.unicodeScalars.prefix($0))) } ?? text
                return form.named(variable.name, form.encode(value))
            case .list(let list)? where !list.isEmpty:
                if variable.isExploded { return list.map { form.named(variable.name, form.encode($0)) }.joined(separator: form.separator) }
                return form.named(variable.name, list.map(form.encode).joined(separator: ","))
            default: return nil
            }
        }
        return texts.isEmpty ? "" : form.first + texts.joined(separator: form.separator)
    }
}

/// How the expressions of an operator are written (RFC 6570 appendix A).
struct ExpressionForm {
    let first: String
    let separator: String
    let isNamed: Bool
    /// What stands behind a name without a value.
    let ifEmpty: String
    let keepsReserved: Bool

    init(_ symbol: URITemplate.Operator?) {
        switch symbol {
        case nil: (first, separator, isNamed, ifEmpty, keepsReserved) = ("", ",", false, "", false)
        case .reserved: (first, separator, isNamed, ifEmpty, keepsReserved) = ("", ",", false, "", true)
        case .fragment: (first, separator, isNamed, ifEmpty, keepsReserved) = ("#", ",", false, "", true)
        case .label: (first, separator, isNamed, ifEmpty, keepsReserved) = (".", ".", false, "", false)
        case .path: (first, separator, isNamed, ifEmpty, keepsReserved) = ("/", "/", false, "", false)
        case .parameter: (first, separator, isNamed, ifEmpty, keepsReserved) = (";", ";", true, "", false)
        case .query: (first, separator, isNamed, ifEmpty, keepsReserved) = ("?", "&", true, "=", false)
        case .continuation: (first, separator, isNamed, ifEmpty, keepsReserved) = ("&", "&", true, "=", false)
        }
    }

    func encode(_ text: String) -> String { URICharacters.encode(text, keepsReserved: keepsReserved) }

    func named(_ name: String, _ value: String) -> String {
        guard isNamed else { return value }
        return value.isEmpty ? name + ifEmpty : "\(name)=\(value)"
    }
}
