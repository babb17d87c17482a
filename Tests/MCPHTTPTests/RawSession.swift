import AsyncHTTPClient
import MCPCore
import MCPHTTP
import NIOCore
import Testing

/// A session of the handshake era over HTTP, spoken without the SDK's client.
struct RawSession {
    private let url: String
    private let id: String

    init(_ url: String) async throws {
        self.url = url
        let initialize: JSONValue = [
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "raw", "version": "1"]],
        ]
        let response = try await rawRequest("POST", url, headers: [("accept", Self.both)], body: initialize)
        id = try #require(response.headers.first(name: "mcp-session-id"))
        _ = try await response.body.collect(upTo: 1 << 20)
    }

    private static let both = "application/json, text/event-stream"

    /// Calls a tool and reads until its connection ends.
    /// - Returns: The messages, and the last event id.
    func call(_ name: String, id: Int) async throws -> (messages: [JSONValue], lastEventID: String?) {
        let call: JSONValue = [
            "jsonrpc": "2.0", "id": .integer(Int64(id)), "method": "tools/call",
            "params": ["name": .string(name), "arguments": [:], "_meta": ["progressToken": .integer(Int64(id))]],
        ]
        let response = try await rawRequest("POST", url, headers: [("accept", Self.both), ("mcp-session-id", self.id)], body: call)
        return try await messages(of: response)
    }

    /// Opens a stream, or takes one up again.
    func get(after event: String?) async throws -> HTTPClientResponse {
        let headers = [("accept", "text/event-stream"), ("mcp-session-id", id)] + (event.map { [("last-event-id", $0)] } ?? [])
        return try await rawRequest("GET", url, headers: headers)
    }

    func events(after event: String?) async throws -> (messages: [JSONValue], lastEventID: String?) { try await messages(of: get(after: event)) }

    /// The first message of a stream.
    func first(of response: HTTPClientResponse) async throws -> JSONValue? {
        var parser = EventStreamParser()
        for try await part in response.body {
            for event in try parser.feed(part.readableBytesView) where !event.data.isEmpty { return try JSONValue(parsing: event.data) }
        }
        return nil
    }

    /// Waits until a request of that id is under way no more: until then a second one is refused.
    func waitUntilAnswered(id: Int) async throws {
        while true {
            let ping: JSONValue = ["jsonrpc": "2.0", "id": .integer(Int64(id)), "method": "ping"]
            let (messages, _) = try await messages(
                of: rawRequest("POST", url, headers: [("accept", Self.both), ("mcp-session-id", self.id)], body: ping))
            if messages.first?["result"] != nil { return }
        }
    }

    private func messages(of response: HTTPClientResponse) async throws -> (messages: [JSONValue], lastEventID: String?) {
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.headers.first(name: "content-type") == "text/event-stream" else { return ([try JSONValue(parsing: Array(body.readableBytesView))], nil) }
        var parser = EventStreamParser()
        let events = try parser.feed(body.readableBytesView)
        return (try events.filter { !$0.data.isEmpty }.map { try JSONValue(parsing: $0.data) }, parser.lastEventID)
    }
}
