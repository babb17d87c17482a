/// Where the journal of a call waits while the client answers the questions of an `input_required` result.
///
/// The client gets `requestState` from `save` and sends it back with its retry. It is a claim of the client: `load` gives the journal
/// only for a state that this store made, for the same binding, and that has not expired.
public protocol RequestStateStore: Sendable {
    /// Keeps a journal.
    /// - Parameters:
    ///   - journal: The bytes to keep.
    ///   - binding: What the state is bound to: principal, method and arguments, in canonical form.
    /// - Returns: The `requestState` for the client.
    func save(_ journal: [UInt8], binding: [UInt8]) async throws -> String

    /// Gives the journal back.
    /// - Throws: `RequestStateError`, the same for every cause.
    func load(_ state: String, binding: [UInt8]) async throws -> [UInt8]
}

/// A `requestState` that does not open. It says nothing of the cause, so that it helps nobody who guesses.
public struct RequestStateError: Error, Sendable, CustomStringConvertible {
    public init() {}
    public var description: String {
        "This requestState is not valid for this call, or has expired. Start the call again without requestState and inputResponses."
    }
}
