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
