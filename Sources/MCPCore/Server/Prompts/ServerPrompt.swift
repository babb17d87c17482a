/// A prompt of a server: its definition and what makes its messages (2026-07-28, server/prompts).
///
///     ServerPrompt("review", description: "Reviews a change.", arguments: [PromptArgument("diff", isRequired: true)]) { arguments, _ in
///         [.user("Review this change:\n\(arguments["diff"] ?? "")")]
///     }
public struct ServerPrompt: Sendable {
    /// - Parameter arguments: By name. All required ones are there; none is there that the definition does not name.
    public typealias Handler =
        @Sendable (_ arguments: [String: String], _ context: RequestContext) async throws -> HandlerOutcome<GetPromptResult>

    public var definition: Prompt
    public var handler: Handler
    /// Completes the values of arguments.
    public var completions: [String: Completer]

    /// - Parameters:
    ///   - completions: By the name of an argument.
    ///   - handler: Makes the result. It may ask the client. A thrown `JSONRPCError` is told to the client, any other error only to the operator.
    public init(
        _ definition: Prompt, completions: [String: Completer] = [:],
        handler: @escaping @Sendable (_ arguments: [String: String], _ context: RequestContext) async throws -> GetPromptResult
    ) {
        self.init(definition, completions: completions, outcome: { .complete(try await handler($0, $1)) })
    }

    /// A prompt that asks the client with questions and a state of its own making, instead of through `RequestContext.elicit`.
    @_disfavoredOverload  // A closure that only throws is meant for the other one.
    public init(_ definition: Prompt, completions: [String: Completer] = [:], outcome handler: @escaping Handler) {
        self.definition = definition
        self.completions = completions
        self.handler = handler
    }

    /// A prompt that is its messages.
    public init(
        _ name: String, title: String? = nil, description: String? = nil, arguments: [PromptArgument] = [], icons: [Icon] = [],
        completions: [String: Completer] = [:],
        messages: @escaping @Sendable (_ arguments: [String: String], _ context: RequestContext) async throws -> [PromptMessage]
    ) {
        let definition = Prompt(name: name, title: title, description: description, arguments: arguments, icons: icons)
        self.init(definition, completions: completions) { arguments, context in
            GetPromptResult(try await messages(arguments, context), description: description)
        }
    }
}

extension ServerPrompt: ServerFeature {
    public func register(in registry: inout ServerRegistration) { registry.add(self) }
}
