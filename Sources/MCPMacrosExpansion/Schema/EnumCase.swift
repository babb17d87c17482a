import SwiftSyntax

/// A case of an enum, as `@Schema` reads it.
struct EnumCase {
    let name: TokenSyntax
    let description: String?
    /// What is written in JSON for the case.
    let jsonName: String
    /// An expression for the name for people.
    let title: String?
    let payload: [PayloadValue]

    /// The cases of an enum, in order; what cannot be read from JSON is added to `findings`.
    static func all(of declaration: EnumDeclSyntax, tag: String, findings: inout [Finding]) -> [EnumCase] {
        let statics = QualifyingStatics(names: declaration.staticNames)
        var cases: [EnumCase] = []
        for member in declaration.memberBlock.members {
            if let conditional = member.decl.as(IfConfigDeclSyntax.self) {
                findings.append(
                    Finding(
                        conditional, "conditionalCase",
                        "@Schema does not see cases inside #if; move them out of it, or write the SchemaCodable conformance by hand"))
            }
            guard let line = member.decl.as(EnumCaseDeclSyntax.self) else { continue }
            let comment = DocComment(of: line)
            let attribute = PropertyAttribute(line.attributes.attribute(named: "Property"), findings: &findings)
            for element in line.elements {
                cases.append(
                    EnumCase(
                        name: element.name, description: attribute.description ?? comment.description,
                        jsonName: attribute.name ?? element.name.plainName, title: attribute.title,
                        payload: PayloadValue.all(of: element, comment: comment, tag: tag, statics: statics, findings: &findings)))
            }
        }
        var seen: Set<String> = []
        for repeated in cases where !seen.insert(repeated.jsonName).inserted {
            findings.append(
                Finding(
                    repeated.name, "duplicateCase",
                    "two cases have the JSON name '\(repeated.jsonName)'; give one of them another with @Property(name:)"))
        }
        return cases
    }
}

/// An associated value of a case, which becomes a member of the case's object.
struct PayloadValue {
    /// How it is labelled where the case is made; `nil` where it is not.
    let label: String?
    let jsonName: String
    let type: TypeSyntax
    let defaultValue: ExprSyntax?
    let description: String?

    /// Whether missing means the default. An optional with `nil` means `nil` anyway.
    var hasDefault: Bool { defaultValue.map { !(type.isWrittenOptional && $0.isNilLiteral) } ?? false }

    fileprivate static func all(
        of element: EnumCaseElementSyntax, comment: DocComment, tag: String, statics: QualifyingStatics, findings: inout [Finding]
    ) -> [PayloadValue] {
        guard let parameters = element.parameterClause?.parameters else { return [] }
        let name = element.name.text
        var values: [PayloadValue] = []
        for parameter in parameters {
            if let unsupported = parameter.type.unsupportedPart {
                findings.append(Finding(unsupported.node, "payloadType", "@Schema cannot describe '\(name)': \(unsupported.reason)"))
                continue
            }
            let label = parameter.firstName.flatMap { $0.tokenKind == .wildcard ? nil : $0.plainName }
            // `case text(_ text: String)` has a name without a label, and a value alone needs neither.
            let known = parameter.secondName?.plainName ?? label ?? (parameters.count == 1 ? "value" : nil)
            guard let jsonName = known else {
                findings.append(
                    Finding(
                        parameter, "namelessPayload",
                        "the associated values of '\(name)' become members of an object and need names; "
                            + "give this one a label, or '_ name: \(parameter.type.trimmedDescription)'"))
                continue
            }
            if jsonName == tag {
                findings.append(
                    Finding(
                        parameter, "payloadTag",
                        "'\(tag)' is the member that names the case; give this value another name, or the tag, with @Schema(tag:)"))
            } else if values.contains(where: { $0.jsonName == jsonName }) {
                findings.append(Finding(parameter, "duplicatePayload", "two associated values of '\(name)' have the name '\(jsonName)'; rename one"))
            }
            values.append(
                PayloadValue(
                    label: label, jsonName: jsonName, type: parameter.type.trimmed,
                    defaultValue: parameter.defaultValue.map { statics.rewrite($0.value).cast(ExprSyntax.self).trimmed },
                    description: comment.description(of: jsonName)))
        }
        return values
    }
}
