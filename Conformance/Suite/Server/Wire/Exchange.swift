import MCPCore
import Synchronization

/// A request that was sent, and all that comes in answer to it.
final class Exchange: Sendable {
    /// What HTTP says about an answer.
    struct Head: Sendable {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]

        var mediaType: String? {
            headers["content-type"].map { String($0.prefix { $0 != ";" }.trimmingBlanks()).lowercased() }
        }
    }

    private struct State {
        var events: [StreamEvent] = []
        var comments = 0
        var text = ""
        var close: (@Sendable () -> Void)?
    }

    /// The method of the request; `nil` where the message was none.
    let method: String?
    let id: JSONValue?
    /// `nil` on stdio.
    let head: Head?
    private let run: ScenarioRun
    private let messages = Inbox<JSONValue>()
    private let state = Mutex(State())

    init(method: String?, id: JSONValue?, head: Head?, run: ScenarioRun) {
        self.method = method
        self.id = id
        self.head = head
        self.run = run
    }

    deinit { close() }

    /// The next message; `nil` where no more will come.
    /// - Throws: `TimeLimitError`; why the connection ended.
    func next(within limit: Duration? = nil) async throws -> JSONValue? {
        let messages = messages
        return try await withTimeLimit(limit ?? run.answerLimit, "the next message of \(method ?? "the stream")") { try await messages.next() }
    }

    /// Stops reading: on HTTP the connection is closed.
    func close() {
        let close = state.withLock { state in
            defer { state.close = nil }
            return state.close
        }
        close?()
        messages.finish()
    }

    /// The events that an event stream has had so far.
    var events: [StreamEvent] { state.withLock { $0.events } }
    var comments: Int { state.withLock { $0.comments } }
    /// The body, where it is neither JSON nor an event stream.
    var text: String { state.withLock { $0.text } }

    // MARK: What the links do

    func whenClosed(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.close = action } }

    /// Takes a message of the server: it is held against the schema, and against the request that it answers.
    func deliver(_ message: JSONValue) {
        let isResponse = message["method"] == nil
        if isResponse, let answered = message["id"], let id, answered != id, !(message["error"] != nil && answered.isNull) {
            run.receivedGarbage("a response with id \(answered.excerpt) where the answer to \(id.excerpt) was expected")
        }
        run.received(message, answering: isResponse ? method : nil)
        messages.push(message)
    }

    func deliver(_ events: [StreamEvent], comments: Int) {
        state.withLock { state in
            state.events += events
            state.comments = comments
        }
        for event in events {
            if let type = event.type, type != "message" {
                run.receivedGarbage("an event of the type \(type); messages are events of the type message")
                continue
            }
            // A priming event has an id and no data.
            guard let data = event.data, !data.isEmpty else { continue }
            deliver(text: data)
        }
    }

    func deliver(text: String) {
        do {
            let json = try JSONValue(parsing: text)
            for message in json.array ?? [json] { deliver(message) }
        } catch {
            run.receivedGarbage("no JSON: \(error) in \(text.prefix(200))")
        }
    }

    func deliver(body: String) { state.withLock { $0.text = body } }

    func finish(throwing error: (any Error)? = nil) { messages.finish(throwing: error) }
}
