/// Completes the value of one argument of a prompt, or of one variable of a resource template (2026-07-28, server/utilities/completion).
public struct Completer: Sendable {
    /// - Parameters:
    ///   - typed: What has been typed so far.
    ///   - arguments: Arguments that have their value already, from 2025-06-18.
    ///   - context: Who asks.
    public var complete: @Sendable (_ typed: String, _ arguments: [String: String], _ context: CompletionContext) async throws -> Completion

    public init(
        _ complete: @escaping @Sendable (_ typed: String, _ arguments: [String: String], _ context: CompletionContext) async throws -> Completion
    ) {
        self.complete = complete
    }

    /// Completes to those of the values that begin with what has been typed.
    public static func values(_ values: [String]) -> Completer { Completer { typed, _, _ in .matching(typed, in: values) } }
}

/// What a completer knows of the request. It cannot ask the client: no revision lets it.
public struct CompletionContext: Sendable {
    /// Who asks: revision, capabilities, client, principal.
    public let peer: Peer
    /// The `_meta` of the request.
    public let meta: JSONObject
}
