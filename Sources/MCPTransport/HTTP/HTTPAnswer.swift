import HTTPTypes
import MCPCore

/// What the handler answers a request with; any HTTP server can send it.
public struct HTTPAnswer: Sendable {
    public var status: HTTPResponse.Status
    public var headers: HTTPFields
    public var body: Body

    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// An event stream.
        case stream(EventStreamBody)
    }

    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension HTTPField.Name {
    // The names are literals of the specification, and valid ones.
    public static let mcpProtocolVersion = Self("MCP-Protocol-Version")!
    public static let mcpSessionID = Self("Mcp-Session-Id")!
    public static let mcpMethod = Self("Mcp-Method")!
    public static let mcpName = Self("Mcp-Name")!
    public static let lastEventID = Self("Last-Event-ID")!
    public static let accelBuffering = Self("X-Accel-Buffering")!
    static let host = Self("Host")!
}

extension HTTPAnswer {
    /// A JSON-RPC response as one JSON body.
    static func json(_ response: JSONRPCResponse, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> HTTPAnswer {
        var headers = headers
        headers.append(jsonContent)
        return HTTPAnswer(status: status, headers: headers, body: .bytes(response.serialized()))
    }

    /// Made once: the value of a field is checked whenever one is made.
    private static let jsonContent = HTTPField(name: .contentType, value: "application/json")

    /// An event stream that has ended without an event.
    static let endedStream = HTTPAnswer(status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"], body: .bytes([]))

    /// A refusal, as a JSON-RPC error that people can read too.
    static func refused(
        _ status: HTTPResponse.Status, _ reason: String, code: JSONRPCError.Code = .invalidRequest, id: RequestID? = nil,
        headers: HTTPFields = [:]
    ) -> HTTPAnswer {
        json(JSONRPCResponse(id: id, JSONRPCError(code, reason)), status: status, headers: headers)
    }

    static func eventStream(_ body: EventStreamBody) -> HTTPAnswer {
        HTTPAnswer(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache, no-transform", .accelBuffering: "no"],
            body: .stream(body))
    }
}
