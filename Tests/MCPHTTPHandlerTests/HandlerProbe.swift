import ConformanceFixtures
import HTTPTypes
import MCPCore
import Synchronization
import Testing

@testable import MCPHTTP

/// Speaks to a handler as an HTTP client would, without sockets.
struct HandlerProbe {
    let handler: StreamableHTTPHandler
    let server: Server
    let clock: Clock
    let steps: Counter

    final class Clock: Sendable {
        private let milliseconds = Mutex<Int64>(1_800_000_000_000)
        var now: Int64 { milliseconds.withLock(\.self) }
        func advance(_ duration: Duration) { milliseconds.withLock { $0 += Int64(duration / .milliseconds(1)) } }
    }

    /// - Parameter change: Changes the server's configuration.
    init(
        _ configuration: HTTPHandlerConfiguration = .init(), maximumConcurrentRequests: Int = 256, tools: [ServerTool] = [],
        _ change: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        let clock = Clock()
        let draws = Counter()
        self.clock = clock
        steps = Counter()
        // Distinct in all of their bytes, so that ids and nonces differ.
        let environment = ServerEnvironment(now: { clock.now }) { count in
            let draw = draws.next()
            return (0..<count).map { UInt8(truncatingIfNeeded: draw >> (8 * ($0 % 8))) }
        }
        var serverConfiguration = ServerConfiguration(maximumConcurrentRequests: maximumConcurrentRequests, environment: environment)
        change(&serverConfiguration)
        server = FixtureServer.make(steps: steps, configuration: serverConfiguration)
        for tool in tools { try server.tools.add(tool) }
        handler = StreamableHTTPHandler(server: server, configuration: configuration)
    }

    static let host = "127.0.0.1:8080"
    static let both = "application/json, text/event-stream"

    func answer(
        _ method: HTTPRequest.Method, _ headers: [(String, String)], body: [UInt8]? = [], host: String? = host, principal: Principal? = nil
    ) async throws -> HTTPAnswer {
        var head = HTTPRequest(method: method, scheme: "http", authority: host, path: "/mcp")
        for (name, value) in headers { head.headerFields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        return await handler.answer(head, body: body, principal: principal)
    }

    /// Posts a body with the headers that every revision demands, and further ones; a header that is given twice is sent twice.
    func post(_ body: JSONValue, _ headers: [(String, String)] = [], principal: Principal? = nil) async throws -> HTTPAnswer {
        try await answer(
            .post, [("Content-Type", "application/json"), ("Accept", Self.both)] + headers, body: body.serialized(), principal: principal)
    }

    // MARK: Per-request era

    static func meta(_ capabilities: JSONValue = [:], revision: String = "2026-07-28") -> JSONValue {
        [MetaKey.protocolVersion: .string(revision), MetaKey.clientCapabilities: capabilities]
    }

    static func request(_ method: String, _ params: JSONObject = [:], id: JSONValue = 1, meta: JSONValue = meta()) -> JSONValue {
        var params = params
        params["_meta"] = params["_meta"] ?? meta
        return ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
    }

    static func headers(_ method: String, name: String? = nil, revision: String = "2026-07-28") -> [(String, String)] {
        [("MCP-Protocol-Version", revision), ("Mcp-Method", method)] + (name.map { [("Mcp-Name", $0)] } ?? [])
    }

    /// A call of a tool in the per-request era, with the headers that belong to it.
    func call(
        _ name: String, _ arguments: JSONObject = [:], capabilities: JSONValue = [:], further: JSONObject = [:], principal: Principal? = nil
    ) async throws -> HTTPAnswer {
        var params: JSONObject = ["name": .string(name), "arguments": .object(arguments)]
        params.merge(further)
        return try await post(
            Self.request("tools/call", params, meta: Self.meta(capabilities)),
            Self.headers("tools/call", name: name), principal: principal)
    }

    // MARK: Handshake era

    /// Opens a session.
    /// - Returns: Its id.
    func open(_ revision: String = "2025-11-25", capabilities: JSONValue = [:], principal: Principal? = nil) async throws -> String {
        let answer = try await post(
            [
                "jsonrpc": "2.0", "id": 0, "method": "initialize",
                "params": [
                    "protocolVersion": .string(revision), "capabilities": capabilities, "clientInfo": ["name": "probe", "version": "1"],
                ],
            ], principal: principal)
        #expect(answer.status == .ok)
        #expect(try answer.json["result"]?["protocolVersion"] == .string(revision))
        let session = try #require(answer.headers[.mcpSessionID])
        #expect(try await post(["jsonrpc": "2.0", "method": "notifications/initialized"], session: session, principal: principal).status == .accepted)
        return session
    }

    func post(_ body: JSONValue, session: String, principal: Principal? = nil) async throws -> HTTPAnswer {
        try await post(body, [("Mcp-Session-Id", session)], principal: principal)
    }

    func get(session: String?, after event: String? = nil) async throws -> HTTPAnswer {
        try await answer(
            .get,
            [("Accept", "text/event-stream")] + (session.map { [("Mcp-Session-Id", $0)] } ?? [])
                + (event.map { [("Last-Event-ID", $0)] } ?? []))
    }
}

extension HTTPAnswer {
    /// The JSON body.
    var json: JSONValue {
        get throws {
            guard case .bytes(let bytes) = body else { throw NoBody(answer: "\(status)") }
            #expect(headers[.contentType] == "application/json")
            return try JSONValue(parsing: bytes)
        }
    }

    /// The code of the error in the JSON body.
    var errorCode: Int64? { get throws { try json["error"]?["code"]?.integer } }

    /// The text of the tool result in the JSON body.
    var text: String? { get throws { try json["result"]?["content"]?[0]?["text"]?.string } }

    /// The event stream of the body.
    var events: EventReader {
        get throws {
            guard case .stream(let stream) = body else { throw NoBody(answer: "\(status)") }
            #expect(headers[.contentType] == "text/event-stream")
            return EventReader(stream)
        }
    }

    struct NoBody: Error { var answer: String }
}

/// Reads the events of a stream as a client does.
final class EventReader {
    let stream: EventStreamBody
    private var parser = EventStreamParser()
    private var waiting: [ServerSentEvent] = []

    init(_ stream: EventStreamBody) { self.stream = stream }

    /// The next event; `nil` at the end.
    func next() async throws -> ServerSentEvent? {
        while waiting.isEmpty {
            guard let chunk = await stream.next() else { return nil }
            waiting = try parser.feed(chunk)
        }
        return waiting.removeFirst()
    }

    /// The message of the next event that has one.
    func message() async throws -> JSONValue? {
        while let event = try await next() {
            if !event.data.isEmpty { return try JSONValue(parsing: event.data) }
        }
        return nil
    }

    var lastEventID: String? { parser.lastEventID }
    var retryMilliseconds: Int? { parser.retryMilliseconds }
}
