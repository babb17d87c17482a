/// A regular expression of ECMA-262 (the subset that JSON Schema recommends, with Unicode semantics) that matches in time
/// linear in the text, whatever the pattern: it is simulated as a set of states and never goes back over the text.
///
/// Lookaround and back references cannot be matched that way and are refused when the pattern is compiled, as is a
/// pattern whose bounded repetitions would make a program larger than the limit. A match is a search: the pattern is
/// anchored only where it says so (JSON Schema Core 2020-12 section 6.4).
public struct SchemaPattern: Sendable, CustomStringConvertible {
    /// The expression as it was written.
    public let source: String
    let program: PatternProgram

    /// Compiles an expression.
    /// - Parameter maximumInstructions: the largest program to accept.
    /// - Throws: `SchemaPatternError` with the offset and what is wrong or not supported.
    public init(_ source: String, maximumInstructions: Int = 5_000) throws(SchemaPatternError) {
        self.source = source
        var parser = PatternParser(source)
        let expression = try parser.parse()
        program = try PatternProgram(expression, parser.classes, limit: maximumInstructions, source: source)
    }

    public var description: String { source }

    /// Whether the pattern occurs in the text.
    public func matches(_ text: String) -> Bool {
        var steps = Int.max
        return matches(text, steps: &steps)
    }

    /// Whether the pattern occurs in the text; subtracts one from `steps` for every state that is visited and gives up
    /// with `false` and a negative `steps` when there are none left.
    func matches(_ text: String, steps: inout Int) -> Bool {
        program.search(text, steps: &steps)
    }
}

/// Why an expression was not compiled, and where.
public struct SchemaPatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The pattern that was refused.
    public let pattern: String
    /// The position in Unicode scalars at which it went wrong.
    public let offset: Int
    /// What is wrong, and what to write instead where there is a choice.
    public let reason: String

    public var description: String { "pattern \(quoted(pattern)), at character \(offset): \(reason)" }
}
