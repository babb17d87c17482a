/// How a call asks the client: live in the handshake era, through a journal in the per-request era.
protocol InputBroker: Sendable {
    /// Whether a question may end the run: only then must the handler be something that can be cancelled by itself.
    var mayEndRun: Bool { get }

    /// Takes up what an earlier run has left, where the request came with a state.
    /// - Throws: `RequestStateError` for a state that does not open.
    func takeUp() async throws

    /// Whether there is something to take up.
    var hasState: Bool { get }

    /// Asks all at once and waits for the answers, in the order of the questions.
    /// - Throws: `AwaitingAnswer` where the call has to end so that the client can answer.
    func ask(_ questions: [RawQuestion]) async throws -> [JSONObject]

    /// The value of a step: kept from an earlier run where there is one, or made now.
    func step(_ id: String, _ body: () async throws -> JSONValue) async throws -> JSONValue

    /// - Throws: `AwaitingAnswer` once a question is pending: the run is over, whatever the handler still does.
    func checkRunning() throws

    /// Called with what cancels the handler once a question is pending; at once where one is.
    func onPending(_ cancel: @escaping @Sendable () -> Void)

    /// What the client must answer before the call can go on; `nil` where the handler's own end counts.
    func pending() async throws -> InputRequired?

    /// What the client has sent for a handler that keeps its own state.
    var ownInput: OwnInput { get }

    /// Asks what a handler that keeps its own state has returned.
    /// - Returns: The input for its next run, where the answers came live; `nil` where the client answers with a retry.
    func resume(_ required: InputRequired) async throws -> OwnInput?

    /// What becomes of a handler that the user must visit pages for.
    /// - Throws: The error that says so, where that is the era's way.
    func require(_ required: URLElicitationRequired) async throws -> InputRequired

    /// What a handler that keeps its own state has returned, as it goes out.
    func seal(_ required: InputRequired) async throws -> InputRequired

    /// What has been answered and done so far.
    var journal: Journal { get }
}

/// The answers and the state that a handler which keeps its own state gets back.
struct OwnInput: Sendable {
    var responses: JSONObject = [:]
    var state: String?
}

/// The call has asked, and ends here so that the client can answer; it runs again from the top with the answer.
///
/// A handler need not catch it, and gains nothing from catching it: the run is over.
public struct AwaitingAnswer: Error, Sendable, CustomStringConvertible {
    public var description: String { "The call waits for an answer of the client" }
}

/// Two questions or steps of one call have the same id.
public struct DuplicateQuestionError: Error, Sendable, CustomStringConvertible {
    public var id: String
    public var description: String {
        "The id `\(id)` is used twice in one call; give each question and step an id of its own, also in loops"
    }
}
