import SwiftDiagnostics
import SwiftSyntax

/// A stored property that becomes a member of the JSON object.
struct StoredProperty {
    let name: TokenSyntax
    let type: TypeSyntax
    let initialValue: ExprSyntax?
    let description: String?
    let attribute: PropertyAttribute

    var jsonName: String { attribute.name ?? name.plainName }

    /// Whether missing means the initial value. An optional without one, or with `nil`, means `nil` anyway.
    var hasDefault: Bool { initialValue.map { !(type.isWrittenOptional && $0.isNilLiteral) } ?? false }

    /// The stored properties of a struct, in order; what cannot be read from JSON is added to `findings`.
    static func all(in members: MemberBlockItemListSyntax, findings: inout [Finding]) -> [StoredProperty] {
        var properties: [StoredProperty] = []
        for member in members {
            if let conditional = member.decl.as(IfConfigDeclSyntax.self), conditional.containsStoredProperty {
                findings.append(
                    Finding(
                        conditional, "conditionalProperty",
                        "@Schema does not see stored properties inside #if; move them "
                            + "out of it, or write the SchemaCodable conformance by hand"))
            }
            guard let variable = member.decl.as(VariableDeclSyntax.self) else { continue }
            if variable.modifiers.contains(.static) || variable.modifiers.contains(.class) || variable.modifiers.contains(.lazy) {
                continue
            }
            properties += stored(in: variable, findings: &findings)
        }
        for property in properties {
            KeywordCheck(name: property.name.text, type: property.type, keywords: property.attribute.keywords)
                .report(defaultValue: property.initialValue, &findings)
        }
        var seen: Set<String> = []
        for property in properties {
            if property.name.plainName == "json" {
                findings.append(
                    Finding(
                        property.name, "reservedName",
                        "'json' is the member that @Schema adds; rename the property "
                            + "and keep its JSON name with @Property(name: \"json\")"))
            }
            if !seen.insert(property.jsonName).inserted {
                findings.append(
                    Finding(
                        property.name, "duplicateName",
                        "two properties have the JSON name '\(property.jsonName)'; give one of them another with @Property(name:)"))
            }
        }
        return properties
    }

    private static func stored(in variable: VariableDeclSyntax, findings: inout [Finding]) -> [StoredProperty] {
        let bindings = Array(variable.bindings)
        let description = DocComment(of: variable).description
        let attribute = PropertyAttribute(variable.attributes.attribute(named: "Property"), findings: &findings)
        var properties: [StoredProperty] = []
        for (index, binding) in bindings.enumerated() where !binding.isComputed {
            guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier else {
                findings.append(
                    Finding(
                        binding.pattern, "pattern",
                        "@Schema needs one name for each property; "
                            + "declare the parts of this pattern one by one"))
                continue
            }
            // In `var a, b: Int` the annotation stands with the last name and means both.
            let annotation =
                binding.typeAnnotation ?? (binding.initializer == nil ? bindings[index...].lazy.compactMap(\.typeAnnotation).first : nil)
            guard let type = annotation?.type else {
                findings.append(missingType(name, binding))
                continue
            }
            if let unsupported = type.unsupportedPart {
                findings.append(Finding(unsupported.node, "propertyType", "@Schema cannot describe '\(name.text)': \(unsupported.reason)"))
                continue
            }
            if variable.bindingSpecifier.tokenKind == .keyword(.let), binding.initializer != nil {
                findings.append(constant(name, variable))
                continue
            }
            properties.append(
                StoredProperty(
                    name: name, type: type.trimmed, initialValue: binding.initializer?.value.trimmed,
                    description: attribute.description ?? description, attribute: attribute))
        }
        return properties
    }

    private static func missingType(_ name: TokenSyntax, _ binding: PatternBindingSyntax) -> Finding {
        let message = "@Schema sees no inferred types; write the type of '\(name.text)'"
        guard let inferred = binding.initializer?.value.typeOfLiteral else { return Finding(binding.pattern, "missingType", message) }
        var annotated = binding
        annotated.pattern = binding.pattern.with(\.trailingTrivia, [])
        annotated.typeAnnotation = TypeAnnotationSyntax(
            colon: .colonToken(trailingTrivia: .space), type: IdentifierTypeSyntax(name: .identifier(inferred)),
            trailingTrivia: .space)
        return Finding(
            binding.pattern, "missingType", message,
            fixIts: [.replacing(binding, with: annotated, id: "insertType", "insert ': \(inferred)'")])
    }

    private static func constant(_ name: TokenSyntax, _ variable: VariableDeclSyntax) -> Finding {
        let changeable = variable.bindingSpecifier.with(\.tokenKind, .keyword(.var))
        return Finding(
            variable.bindingSpecifier, "constant",
            "'\(name.text)' always has its initial value and cannot be read from "
                + "JSON; make it 'var', or 'static let' to leave it out of the schema",
            fixIts: [.replacing(variable.bindingSpecifier, with: changeable, id: "useVar", "use 'var'")])
    }
}

extension PatternBindingSyntax {
    /// Whether the property has a getter; `willSet` and `didSet` alone leave it stored.
    var isComputed: Bool {
        switch accessorBlock?.accessors {
        case nil: false
        case .getter: true
        case .accessors(let list):
            list.contains { accessor in
                switch accessor.accessorSpecifier.tokenKind {
                case .keyword(.willSet), .keyword(.didSet): false
                default: true
                }
            }
        }
    }
}

extension IfConfigDeclSyntax {
    fileprivate var containsStoredProperty: Bool {
        clauses.contains { clause in
            guard case .decls(let members)? = clause.elements else { return false }
            return members.contains { member in
                guard let variable = member.decl.as(VariableDeclSyntax.self), !variable.modifiers.contains(.static) else { return false }
                return variable.bindings.contains { !$0.isComputed }
            }
        }
    }
}
