import HTTPTypes
import MCPCore

/// A server that a scenario scripts: it answers as the scenario wants, whether that is right or wrong.
///
/// It is no MCP server of the SDK, so that a fault in both of them does not go unseen.
protocol ServerScript: Sendable {
    /// Answers a message of the client.
    func answer(_ message: ClientMessage) async throws -> ScriptedAnswer

    /// Answers an HTTP request that carries no message: GET, DELETE, and whatever else a client may try.
    func answer(_ request: HTTPRequest) async throws -> ScriptedAnswer

    /// The client has closed the input of the server (stdio); the server ends when this returns.
    func inputClosed(_ sink: any EventSink) async
}

extension ServerScript {
    func answer(_ request: HTTPRequest) async throws -> ScriptedAnswer {
        .http(status: request.method == .delete ? 200 : 405, body: "")
    }

    func inputClosed(_ sink: any EventSink) async {}
}

/// What a scripted server answers.
enum ScriptedAnswer: Sendable {
    /// A message: the body of an HTTP response, a line on stdio.
    /// - Parameter isWrong: Whether it fits no schema on purpose.
    case message(JSONValue, status: Int = 200, headers: [(String, String)] = [], isWrong: Bool = false)
    /// Nothing: status 202 on HTTP.
    case accepted
    /// Something that is no message. On stdio nothing is written.
    case http(status: Int, headers: [(String, String)] = [], body: String)
    /// Messages one after the other: an event stream on HTTP, lines on stdio.
    case events(headers: [(String, String)] = [], @Sendable (any EventSink) async throws -> Void)
    /// The end of the server, without a word: its process on stdio, the connection on HTTP.
    case exit
}

/// Where the messages of a stream go.
protocol EventSink: Sendable {
    /// Sends a message, and records it as one of the scripted server.
    /// - Parameter isWrong: Whether it fits no schema on purpose.
    /// - Throws: when the client has gone.
    func send(_ message: JSONValue, isWrong: Bool) async throws

    /// Writes bytes as they are.
    /// - Throws: when the client has gone.
    func write(_ bytes: [UInt8]) async throws

    /// Waits until the client has closed the stream.
    func waitUntilClosed() async
}

extension EventSink {
    func send(_ message: JSONValue) async throws { try await send(message, isWrong: false) }

    func write(_ text: String) async throws { try await write([UInt8](text.utf8)) }
}
