/// A JSON Schema, compiled once, that instances are validated against many times (JSON Schema 2020-12 and draft-07).
///
/// A validator is immutable and may be used from any number of tasks at once. Validation does not block, does not allocate
/// for the common keywords while the instance is valid, and ends within the limits whatever the schema and the instance.
public struct SchemaValidator: Sendable {
    let schema: CompiledSchema
    let limits: SchemaLimits

    /// Compiles a schema.
    /// - Parameters:
    ///   - schema: An object or a boolean.
    ///   - dialect: What to read the schema as when it has no `$schema`.
    ///   - registry: The documents that `$ref` may name besides the meta-schemas.
    ///   - assertFormat: Whether `format` is checked; by default it is an annotation, as 2020-12 has it.
    /// - Throws: `SchemaCompilationError` for a keyword with a value that it cannot have, a dialect other than the two, a
    ///   pattern that is malformed or cannot be matched in linear time, a reference that leads nowhere, or a limit.
    public init(
        compiling schema: JSONValue, dialect: SchemaDialect = .draft2020_12, registry: SchemaRegistry = SchemaRegistry(),
        limits: SchemaLimits = .default, assertFormat: Bool = false
    ) throws(SchemaCompilationError) {
        var compiler = SchemaCompiler(registry: registry, limits: limits, assertFormat: assertFormat)
        self.schema = try compiler.compile(schema, dialect: dialect)
        self.limits = limits
    }

    /// The ways in which the instance does not fit, at most `maximumViolations`; empty when it is valid.
    public func validate(_ instance: JSONValue, maximumViolations: Int = 16) -> [SchemaViolation] {
        if isValid(instance) { return [] }
        // What is invalid is gone through again to say why, so that the common case carries none of that.
        var run = SchemaValidation(schema, limits: limits, reporting: max(1, maximumViolations))
        return run.violations(of: instance)
    }

    /// Whether the instance fits the schema.
    public func isValid(_ instance: JSONValue) -> Bool {
        var run = SchemaValidation(schema, limits: limits, reporting: 0)
        return run.accepts(instance)
    }

    /// As `isValid`, and how many steps it took: what `SchemaLimits.maximumSteps` bounds.
    func countingSteps(_ instance: JSONValue) -> (isValid: Bool, steps: Int) {
        var run = SchemaValidation(schema, limits: limits, reporting: 0)
        let isValid = run.accepts(instance)
        return (isValid, limits.maximumSteps - run.steps)
    }
}
