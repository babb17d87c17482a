import MCPMacrosExpansion
import SwiftCompilerPlugin
import SwiftSyntaxMacros

// The compiler looks a macro up by the name of the plugin's own module, so each is declared here once more. What they do is in a
// library, because tests that depend on a macro target would have the whole SDK compiled a second time, for the host.
final class SchemaMacro: MCPMacrosExpansion.SchemaMacro {}
final class PropertyMacro: MCPMacrosExpansion.PropertyMacro {}
final class ToolboxMacro: MCPMacrosExpansion.ToolboxMacro {}
final class ToolMacro: MCPMacrosExpansion.ToolMacro {}
final class ParameterMacro: MCPMacrosExpansion.ParameterMacro {}

@main
struct MCPMacrosPlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [SchemaMacro.self, PropertyMacro.self, ToolboxMacro.self, ToolMacro.self, ParameterMacro.self]
}
