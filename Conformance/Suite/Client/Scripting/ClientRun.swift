import ConformanceSchemas
import HTTPTypes
import MCPCore
import Synchronization

/// One run of a client scenario: what the client sent, what it was asked and answered, and what was found.
final class ClientRun: Sendable {
    private struct State {
        var conversation: WireConversation
        var broken: String?
        var messages: [ClientMessage] = []
        var requests: [HTTPRequest] = []
        var answers: [JSONValue: AsyncStream<JSONValue>.Continuation] = [:]
        var nextID: Int64 = 1
        var marks: [String: ContinuousClock.Instant] = [:]
        var latches: [String: Latch] = [:]
        var unreadable: [String] = []

        mutating func latch(_ name: String) -> Latch {
            let latch = latches[name] ?? Latch()
            latches[name] = latch
            return latch
        }
    }

    /// Takes what the checks come to.
    let scenarioRun: ScenarioRun
    /// Where the scripted server can be reached, for scenarios that name it in what they send.
    let origin: String
    private let state: Mutex<State>
    /// What the scripted server sends is held against the project's schemas too, lest a scenario asks for what is wrong.
    private static let ownSchemas = MessageValidator()

    init(_ scenarioRun: ScenarioRun, origin: String) {
        self.scenarioRun = scenarioRun
        self.origin = origin
        state = Mutex(State(conversation: WireConversation(revision: scenarioRun.revision)))
    }

    var revision: ProtocolRevision { scenarioRun.revision }
    var binding: Binding { scenarioRun.binding }

    func check(_ id: String, _ holds: Bool, _ details: @autoclosure () -> String) { scenarioRun.check(id, holds, details()) }
    func recommend(_ id: String, _ holds: Bool, _ details: @autoclosure () -> String) { scenarioRun.recommend(id, holds, details()) }

    // MARK: What was seen

    /// All messages of the client, in order.
    var messages: [ClientMessage] { state.withLock { $0.messages } }

    /// The HTTP requests that carried no message, in order.
    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The messages of one method.
    func messages(of method: String) -> [ClientMessage] { messages.filter { $0.method == method } }

    /// The calls of one tool.
    func calls(of tool: String) -> [ClientMessage] { messages(of: "tools/call").filter { $0.params["name"]?.string == tool } }

    /// What the client sent and what is no message, cut short.
    var unreadable: [String] { state.withLock { $0.unreadable } }

    // MARK: Recording

    /// Records a message of the client, and holds it against the schema of its revision.
    func received(_ message: ClientMessage) {
        let (place, waiting) = state.withLock { state in
            state.messages.append(message)
            let waiting = message.method == nil ? message.id.flatMap { state.answers.removeValue(forKey: $0) } : nil
            return (state.conversation.place(message.json, from: .client), waiting)
        }
        scenarioRun.received(message.json, answering: place.answering, revision: place.revision)
        waiting?.yield(message.json)
        waiting?.finish()
    }

    /// Records something that is no JSON.
    func received(unreadable bytes: some Collection<UInt8>, _ error: any Error) {
        let text = String(decoding: bytes.prefix(200), as: UTF8.self)
        state.withLock { if $0.unreadable.count < 100 { $0.unreadable.append(text) } }
        scenarioRun.receivedGarbage("no JSON: \(error) in \(text)")
    }

    func received(_ request: HTTPRequest) { state.withLock { $0.requests.append(request) } }

    /// Records a message of the scripted server.
    /// - Parameter isWrong: Whether the scenario sends on purpose what fits no schema.
    func sent(_ message: JSONValue, isWrong: Bool = false) {
        let place = state.withLock { $0.conversation.place(message, from: .server) }
        scenarioRun.sent(message)
        guard !isWrong else { return }
        let violations = Self.ownSchemas.violations(of: message, from: .server, revision: place.revision, answering: place.answering)
        if !violations.isEmpty {
            state.withLock { $0.broken = $0.broken ?? "The scenario itself sent what is no message: \(violations) in \(message.excerpt)" }
        }
    }

    /// What is wrong with the scenario itself; `nil` where nothing is.
    var broken: String? { state.withLock { $0.broken } }

    // MARK: Asking the client

    /// Sends the client a request (handshake revisions) and waits for the response.
    func ask(_ method: String, _ params: JSONValue?, through sink: any EventSink) async throws -> JSONValue {
        let (stream, continuation) = AsyncStream<JSONValue>.makeStream()
        let id = state.withLock { state -> JSONValue in
            let id: JSONValue = .string("question-\(state.nextID)")
            state.nextID += 1
            state.answers[id] = continuation
            return id
        }
        var request: JSONObject = ["jsonrpc": "2.0", "id": id, "method": .string(method)]
        if let params { request["params"] = params }
        try await sink.send(.object(request))
        for await answer in stream { return answer }
        throw CancellationError()
    }

    // MARK: Time

    /// Remembers that something happened now, for the first time.
    func mark(_ name: String) {
        let latch = state.withLock { state in
            if state.marks[name] == nil { state.marks[name] = .now }
            return state.latch(name)
        }
        latch.open()
    }

    /// The mark of an event stream that the client has closed before its end.
    static let streamClosed = "stream closed"

    func hasMark(_ name: String) -> Bool { state.withLock { $0.marks[name] != nil } }

    /// Waits until something has happened, or the client has closed the stream.
    func wait(for name: String, orEndOf sink: any EventSink) async {
        let latch = state.withLock { $0.latch(name) }
        await waitForFirst({ await latch.wait() }, { await sink.waitUntilClosed() })
    }

    /// Waits until one of these has happened, but not longer than that.
    func wait(forFirstOf names: [String], atMost limit: Duration) async {
        let latches = state.withLock { state in names.map { state.latch($0) } }
        await withTaskGroup(of: Void.self) { group in
            for latch in latches { group.addTask { await latch.wait() } }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// How long after one mark another one came; `nil` where one has not.
    func time(from one: String, to other: String) -> Duration? {
        state.withLock { state in
            guard let one = state.marks[one], let other = state.marks[other] else { return nil }
            return one.duration(to: other)
        }
    }
}
