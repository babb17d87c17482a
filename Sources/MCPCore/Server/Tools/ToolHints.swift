/// What a tool does to the world, in a few words: `[.readOnly, .closedWorld]` or `@Tool(.readOnly, .closedWorld)`.
///
/// What is not said stays unsaid, and the specification's defaults hold: a tool may change things, may destroy, is not idempotent and
/// reaches the open world.
public struct ToolHints: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It changes nothing (`readOnlyHint: true`).
    public static let readOnly = ToolHints(rawValue: 1)
    /// It may destroy or overwrite something (`destructiveHint: true`).
    public static let destructive = ToolHints(rawValue: 2)
    /// It only adds, and destroys nothing (`destructiveHint: false`).
    public static let additive = ToolHints(rawValue: 4)
    /// Calling it again with the same arguments changes nothing more (`idempotentHint: true`).
    public static let idempotent = ToolHints(rawValue: 8)
    /// It reaches beyond a closed domain, to the web or other people (`openWorldHint: true`).
    public static let openWorld = ToolHints(rawValue: 16)
    /// It stays within a closed domain, such as one database (`openWorldHint: false`).
    public static let closedWorld = ToolHints(rawValue: 32)

    /// The annotations that say this; `nil` where nothing is said.
    public var annotations: ToolAnnotations? {
        if isEmpty { return nil }
        return ToolAnnotations(
            readOnlyHint: contains(.readOnly) ? true : nil,
            destructiveHint: contains(.destructive) ? true : contains(.additive) ? false : nil,
            idempotentHint: contains(.idempotent) ? true : nil,
            openWorldHint: contains(.openWorld) ? true : contains(.closedWorld) ? false : nil)
    }
}
