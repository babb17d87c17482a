/// Bounds on what compiling a schema and validating against it may take, so that neither a foreign schema nor a foreign
/// instance can exhaust the process. Time is counted in steps, never by a clock.
public struct SchemaLimits: Sendable, Hashable {
    /// How deep schemas may nest in a schema document.
    public var maximumSchemaDepth = 128
    /// How many subschemas may be compiled, those of referenced documents included.
    public var maximumSubschemas = 20_000
    /// How many instructions a pattern may have; bounded repetitions are written out.
    public var maximumPatternInstructions = 5_000
    /// How many instructions all patterns of a schema may have together.
    public var maximumTotalPatternInstructions = 200_000
    /// How many subschemas, values compared and pattern states one validation may visit; what it reads of long strings and numbers counts too.
    public var maximumSteps = 5_000_000
    /// How deep validation may go, into the instance and through references together.
    public var maximumDepth = 256

    /// The bytes of a string that take about as long as a step.
    static let bytesOfStep = 64

    public static let `default` = SchemaLimits()

    public init() {}
}
