import SwiftSyntax

/// A function that is a tool.
struct ToolFunction {
    let function: FunctionDeclSyntax
    let attribute: ToolAttribute
    let parameters: [ToolParameter]
    let comment: DocComment

    /// The name in `tools/list`.
    var toolName: String { attribute.name ?? function.name.plainName }

    /// Reads a function; what cannot be a tool is added to `findings`.
    init(_ function: FunctionDeclSyntax, attribute: AttributeSyntax, staticNames: Set<String>, findings: inout [Finding]) {
        self.function = function
        self.attribute = ToolAttribute(attribute, findings: &findings)
        comment = DocComment(of: function)
        let attributes = ParameterAttributes(function, findings: &findings)
        parameters = function.signature.parameterClause.parameters.compactMap {
            ToolParameter($0, attributes: attributes, staticNames: staticNames, findings: &findings)
        }
        if self.attribute.name == nil, let problem = ToolAttribute.problem(withName: function.name.plainName) {
            findings.append(
                Finding(
                    function.name, "toolName",
                    "'\(function.name.plainName)' is no name for a tool: \(problem); give it one with @Tool(\"name\")"))
        }
        Self.check(function, &findings)
        checkContexts(&findings)
        checkNames(&findings)
        checkComment(&findings)
    }

    private static func check(_ function: FunctionDeclSyntax, _ findings: inout [Finding]) {
        if let generics = function.genericParameterClause {
            findings.append(
                Finding(
                    generics, "genericFunction",
                    "a tool cannot be generic: its schema is that of "
                        + "concrete types; use them, or JSONValue for any JSON"))
        }
        if let mutating = function.modifiers.first(where: { $0.name.tokenKind == .keyword(.mutating) }) {
            findings.append(
                Finding(
                    mutating, "mutatingFunction",
                    "a tool cannot be mutating: calls run concurrently; keep what changes in an actor, or in a Mutex of a final class"))
        }
        if let result = function.signature.returnClause?.type, !result.isVoid, let unsupported = result.unsupportedPart {
            findings.append(Finding(unsupported.node, "resultType", "a tool cannot return this: \(unsupported.reason)"))
        }
    }

    private func checkContexts(_ findings: inout [Finding]) {
        for extra in parameters.filter(\.isContext).dropFirst() {
            findings.append(
                Finding(function, "severalContexts", "a call has one RequestContext; remove the parameter '\(extra.name.text)'"))
        }
    }

    private func checkNames(_ findings: inout [Finding]) {
        var seen: Set<String> = []
        for repeated in parameters where !repeated.isContext && !seen.insert(repeated.jsonName).inserted {
            findings.append(
                Finding(
                    repeated.name, "duplicateArgument",
                    "two arguments have the JSON name '\(repeated.jsonName)'; give one of them another with @Parameter(name:)"))
        }
    }

    private func checkComment(_ findings: inout [Finding]) {
        let arguments = function.signature.parameterClause.parameters.map { ($0.secondName ?? $0.firstName).plainName }
        for documented in comment.parameters where !arguments.contains(documented.name) {
            let names = arguments.map { "'\($0)'" }.joined(separator: ", ")
            findings.append(
                Finding(
                    function.name, "documentedParameter",
                    "the comment describes a parameter '\(documented.name)' that does not exist; "
                        + (arguments.isEmpty ? "there are none" : "there are \(names)"),
                    severity: .warning))
        }
    }

    /// The statements that add the tool to `tools`.
    func registration(awaitsActor: Bool) -> String {
        let arguments = parameters.filter { !$0.isContext }
        var schema = "MCPCore.ObjectSchema().json"
        var lines: [String] = []
        if !arguments.isEmpty {
            lines += ["var builder = MCPCore.JSONSchemaBuilder()", "var input = MCPCore.ObjectSchema()"]
            lines += arguments.map { argument in
                let description = comment.description(of: argument.name.plainName)
                return "input.property(\(argument.schemaArguments(description: description)), in: &builder)"
            }
            schema = "builder.finish(input.json)"
        }
        lines += [
            "tools.append(", "    MCPCore.ServerTool(", toolArguments(inputSchema: schema).indented(by: 8),
            "    ) { \(closureParameters) in", call(awaitsActor: awaitsActor).indented(by: 8), "    }", ")",
        ]
        return "do {\n\(lines.joined(separator: "\n").indented(by: 4))\n}"
    }

    private func toolArguments(inputSchema: String) -> String {
        var arguments = [toolName.swiftLiteral]
        for (label, expression) in attribute.others where label == "title" { arguments.append("title: \(expression)") }
        if let description = attribute.description {
            arguments.append("description: \(description)")
        } else if let description = comment.description {
            arguments.append("description: \(description.swiftLiteral)")
        }
        if !attribute.hints.isEmpty { arguments.append("hints: [\(attribute.hints.joined(separator: ", "))]") }
        for (label, expression) in attribute.others where label != "title" { arguments.append("\(label): \(expression)") }
        arguments.append("inputSchema: \(inputSchema)")
        arguments.append("output: \(function.signature.returnClause?.type.metatypeExpression ?? "Void.self")")
        return arguments.joined(separator: ",\n")
    }

    private var closureParameters: String {
        let takesArguments = parameters.contains { !$0.isContext }
        let takesContext = parameters.contains(where: \.isContext)
        return "\(takesArguments ? "arguments" : "_"), \(takesContext ? "context" : "_")"
    }

    private func call(awaitsActor: Bool) -> String {
        let isStatic = function.modifiers.contains(.static)
        let effects = function.signature.effectSpecifiers
        let isolated =
            (awaitsActor && !isStatic && !function.modifiers.contains(.nonisolated)) || function.attributes.isolateToGlobalActor
        // Only what is needed, since the compiler warns of the rest.
        let tries = effects?.throwsClause != nil || parameters.contains { !$0.isContext }
        let waits = effects?.asyncSpecifier != nil || isolated
        let passed = parameters.map(\.callArgument).joined(separator: ", ")
        return "\(tries ? "try " : "")\(waits ? "await " : "")\(isStatic ? "Self" : "self").\(function.name.text)(\(passed))"
    }
}
