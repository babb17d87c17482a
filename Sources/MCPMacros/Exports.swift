// What the macros write names types of MCPCore, so a file that uses a macro has to see that module. Swift has no other way to say so
// than `@_exported`; without it `import MCPMacros` alone would give errors inside expansions that nobody wrote.
@_exported import MCPCore
