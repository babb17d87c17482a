import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct MCPMacrosPlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [SchemaMacro.self, PropertyMacro.self, ToolboxMacro.self, ToolMacro.self, ParameterMacro.self]
}
