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
        /// The ids of the responses that have come.
        var answered: Set<JSONValue> = []
    }

    /// The method of the request; `nil` where the message was none, or several.
    let method: String?
    let id: JSONValue?
    /// The requests that wait for a response here: one, or those of a batch, by their ids.
    private let asked: [JSONValue: String]
    /// Whether who answers need not have read the id.
    private let isRefusal: Bool
    /// `nil` on stdio.
    let head: Head?
    private let run: ScenarioRun
    private let messages = Inbox<JSONValue>()
    private let state = Mutex(State())

    /// - Parameters:
    ///   - batch: The methods of several requests that went out in one message, by their ids.
    ///   - isMalformed: Whether the request can hardly be read.
    init(method: String?, id: JSONValue?, batch: [JSONValue: String] = [:], isMalformed: Bool = false, head: Head?, run: ScenarioRun) {
        self.method = method
        self.id = id
        asked = batch
        isRefusal = isMalformed || head.map { (400..<500).contains($0.status) } ?? false
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

    /// Reads what is left, so that it is judged too: a second response, or what is no message.
    /// - Parameter limit: After that it does not wait for the end any more.
    func readToEnd(within limit: Duration) async {
        let messages = messages
        _ = try? await withTimeLimit(limit, "the end of the stream") { while try await messages.next() != nil {} }
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
        let answered = isResponse ? message["id"] : nil
        if let answered, !answered.isNull {
            if let id, answered != id {
                run.receivedGarbage("a response with id \(answered.excerpt) where the answer to \(id.excerpt) was expected")
            }
            if !state.withLock({ $0.answered.insert(answered).inserted }) {
                run.receivedGarbage("a second response with id \(answered.excerpt)")
            }
        }
        run.received(message, answering: isResponse ? answered.flatMap { asked[$0] } ?? method : nil, isRefusal: isRefusal)
        messages.push(message)
    }

    /// Hands on what has been judged already.
    func pass(_ message: JSONValue) { messages.push(message) }

    /// Takes what stands in the place of a message: one, or in 2025-03-26 a batch of them.
    func deliver(json: JSONValue) {
        guard let batch = json.array else { return deliver(json) }
        guard run.revision.hasBatches, !batch.isEmpty else {
            // The schema says what is wrong with it; what it holds is handed on, so that the scenario comes to its own end.
            run.received(json)
            for message in batch { pass(message) }
            return
        }
        for message in batch { deliver(message) }
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
        do { deliver(json: try JSONValue(parsing: text)) } catch {
            run.receivedGarbage("no JSON: \(error) in \(text.prefix(200))")
        }
    }

    func deliver(body: String) { state.withLock { $0.text = body } }

    func finish(throwing error: (any Error)? = nil) { messages.finish(throwing: error) }
}
