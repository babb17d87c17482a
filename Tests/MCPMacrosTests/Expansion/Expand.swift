import MCPMacrosExpansion
import SwiftDiagnostics
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

private let specs: [String: MacroSpec] = [
    "Schema": MacroSpec(type: SchemaMacro.self, conformances: ["SchemaCodable"]),
    "Property": MacroSpec(type: PropertyMacro.self),
    "Toolbox": MacroSpec(type: ToolboxMacro.self, conformances: ["Toolbox"]),
    "Tool": MacroSpec(type: ToolMacro.self),
    "Parameter": MacroSpec(type: ParameterMacro.self),
]

/// Expands the macros in a source, which have nothing to say of it, and compares all that they write.
func expectExpansion(_ source: String, _ expanded: String, at location: Testing.SourceLocation = #_sourceLocation) {
    assertMacroExpansion(
        source, expandedSource: expanded, macroSpecs: specs,
        failureHandler: { failure in Issue.record("\(failure.message)", sourceLocation: location) })
}

/// What macros say of a source.
struct Expanded {
    /// In order: place, severity unless it is an error, message, and the titles of the changes offered.
    var diagnostics: [String] = []
    /// The source with every change that is offered.
    var fixed: String
    /// The source with all that the macros write.
    var source: String

    init(_ source: String) {
        let file = Parser.parse(source: source)
        let context = BasicMacroExpansionContext(sourceFiles: [file: .init(moduleName: "Test", fullFilePath: "test.swift")])
        self.source =
            file.expand(
                macroSpecs: specs,
                contextGenerator: { BasicMacroExpansionContext(sharingWith: context, lexicalContext: $0.allMacroLexicalContexts()) },
                indentationWidth: .spaces(4)
            ).description
        var changes: [(start: Int, end: Int, text: String)] = []
        func offset(_ position: AbsolutePosition, _ node: Syntax) -> (line: Int, column: Int, offset: Int) {
            let location = context.location(for: position, anchoredAt: node, fileName: "test.swift")
            return (location.line, location.column, location.offset)
        }
        for diagnostic in context.diagnostics {
            let place = offset(diagnostic.position, diagnostic.node)
            let severity = diagnostic.diagMessage.severity == .error ? "" : "\(diagnostic.diagMessage.severity): "
            let titles = diagnostic.fixIts.map { " [\($0.message.message)]" }.joined()
            diagnostics.append("\(place.line):\(place.column): \(severity)\(diagnostic.message)\(titles)")
            for case .replace(let old, let new) in diagnostic.fixIts.flatMap(\.changes) {
                changes.append((offset(old.position, old).offset, offset(old.endPosition, old).offset, new.description))
            }
        }
        var bytes = Array(source.utf8)
        for change in changes.sorted(by: { $0.start > $1.start }) {
            bytes.replaceSubrange(change.start..<change.end, with: change.text.utf8)
        }
        fixed = String(decoding: bytes, as: UTF8.self)
    }
}
