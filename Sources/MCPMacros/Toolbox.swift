/// Makes a struct, an actor or a final class a group of tools: each of its functions that is marked with `@Tool` is one.
///
/// ```swift
/// @Toolbox struct Weather {
///     let api: WeatherAPI
///
///     /// The forecast for a city.
///     /// - Parameter city: City name, in any language.
///     @Tool(.readOnly) func forecast(city: String, days: Int = 3, context: RequestContext) async throws -> Forecast { … }
/// }
///
/// let server = Server("weather", version: "1.0.0") { Weather(api: .live) }
/// ```
///
/// Functions of extensions are not seen.
@attached(extension, conformances: Toolbox, names: named(tools))
@attached(member)
public macro Toolbox() = #externalMacro(module: "MCPMacrosPlugin", type: "ToolboxMacro")

/// Marks a function of a `@Toolbox` type as a tool that has the function's name.
///
/// - Parameters are arguments, called as they are inside the function; their types are `SchemaCodable`. An optional, or one with a
///   default, is not required. A parameter of type `RequestContext` takes the context of the call and is no argument.
/// - The documentation comment is the tool's description; what it says of parameters are theirs.
/// - The function may throw, and may be async. It returns nothing, `String`, `ContentBlock`, `[ContentBlock]`, `CallToolResult` or
///   something `SchemaCodable`, which becomes structured content with an output schema. Throw `ToolError` where the model may be
///   able to mend its call.
///
/// - Parameters:
///   - hints: What the tool does to the world.
///   - title: The name for people.
///   - description: What the tool does, in place of the documentation comment.
///   - icons: Pictures for people.
///   - task: Whether calls run as tasks, where the server has `TasksExtension`.
@attached(peer)
public macro Tool(_ hints: ToolHints..., title: String? = nil, description: String? = nil, icons: [Icon] = [], task: TaskSupport = .none) =
    #externalMacro(module: "MCPMacrosPlugin", type: "ToolMacro")

/// Marks a function of a `@Toolbox` type as a tool that has a name of its own: 1 to 128 characters of `A-Z a-z 0-9 _ - .`.
///
/// - Parameters:
///   - name: The name of the tool, a string literal.
///   - hints: What the tool does to the world.
///   - title: The name for people.
///   - description: What the tool does, in place of the documentation comment.
///   - icons: Pictures for people.
///   - task: Whether calls run as tasks, where the server has `TasksExtension`.
@attached(peer)
public macro Tool(_ name: String, _ hints: ToolHints..., title: String? = nil, description: String? = nil, icons: [Icon] = [], task: TaskSupport = .none) =
    #externalMacro(module: "MCPMacrosPlugin", type: "ToolMacro")

/// Says more of a parameter of a `@Tool` function than its type does. Swift allows no macro on the parameter itself, so this one names it.
///
/// ```swift
/// @Tool(.readOnly)
/// @Parameter("days", minimum: 1, maximum: 14)
/// func forecast(city: String, days: Int = 3) async throws -> Forecast { … }
/// ```
///
/// The bounds are checked before the function is called.
///
/// - Parameters:
///   - parameter: The name that the parameter has inside the function. A string literal.
///   - name: The name of the argument in JSON, where it is another. A string literal.
///   - title: The name for people.
///   - description: What the argument means, in place of the documentation comment. A string literal.
///   - minimum: The least number that is valid.
///   - maximum: The greatest number that is valid.
///   - exclusiveMinimum: What a number must be greater than.
///   - exclusiveMaximum: What a number must be less than.
///   - multipleOf: What a number must be a multiple of.
///   - minLength: The least length of a string, in Unicode code points.
///   - maxLength: The greatest length of a string, in Unicode code points.
///   - pattern: A regular expression (ECMA-262, unanchored) that a string must match.
///   - format: What a string means, for example `date-time`, `uri` or `email`.
///   - minItems: The least number of elements of an array.
///   - maxItems: The greatest number of elements of an array.
///   - uniqueItems: Whether the elements of an array must all differ.
///   - header: The name under which Streamable HTTP mirrors the argument into a header (`x-mcp-header`).
///   - examples: Values for people and models to learn from.
@attached(peer)
public macro Parameter(
    _ parameter: String, name: String? = nil, title: String? = nil, description: String? = nil, minimum: Double? = nil,
    maximum: Double? = nil, exclusiveMinimum: Double? = nil, exclusiveMaximum: Double? = nil, multipleOf: Double? = nil,
    minLength: Int? = nil, maxLength: Int? = nil, pattern: String? = nil, format: String? = nil, minItems: Int? = nil,
    maxItems: Int? = nil, uniqueItems: Bool? = nil, header: String? = nil, examples: [JSONValue] = []
) = #externalMacro(module: "MCPMacrosPlugin", type: "ParameterMacro")
