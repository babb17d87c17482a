import HTTPTypes
import MCPCore

/// A change to what goes over the wire, in front of a server that is right.
enum WireMutation: Sendable {
    /// Changes what a client has sent before the server sees it.
    case request(@Sendable (inout WireRequest) -> Void)
    /// Changes a message of the server.
    case message(@Sendable (inout JSONObject, WireRequest) -> WireFate)
    /// Changes status and headers of an answer.
    case head(@Sendable (inout HTTPResponse.Status, inout HTTPFields, WireRequest) -> Void)
    /// Puts a body, which is said to be JSON, in the place of none.
    case body(@Sendable (WireRequest) -> String?)
    /// Answers in the server's place.
    case answer(@Sendable (WireRequest) -> HTTPResponse.Status?)
    /// Refuses every request in the server's place, with this code and over HTTP with this status.
    case refusal(HTTPResponse.Status, code: Int64)
    /// Lets what is printed get among the messages on standard output.
    case letPrint
    /// Has a request wait before the server sees it; on stdio, its answer before the client sees it.
    case hold(@Sendable (WireRequest) async throws -> Void)
    /// Does something wrong with the whole exchange. Over HTTP only.
    case exchange(@Sendable (WireRequest) -> ExchangeFault?)
    /// Sends a message of an event stream, or of standard output, once more.
    case again(@Sendable (JSONObject, WireRequest) -> Bool)
    /// Bytes in the place of a line on standard output.
    case line(@Sendable (JSONObject) -> [UInt8]?)
    /// What the process does at a line of its standard input, or at its end (`nil`).
    case input(@Sendable ([UInt8]?) -> InputFate)
}

enum WireFate: Sendable { case keep, drop }

enum InputFate: Sendable {
    case keep, drop
    /// The process ends at once.
    case exit(Int32)
}

/// What a client has sent.
struct WireRequest: Sendable {
    var verb: HTTPRequest.Method = .post
    var headers: HTTPFields = [:]
    /// The `Host`.
    var authority: String?
    /// Path and query.
    var target: String?
    /// Null where it is no JSON.
    var body: JSONValue = .null

    var method: String? { body["method"]?.string }

    var params: JSONObject {
        get { body["params"]?.object ?? [:] }
        set { set("params", .object(newValue)) }
    }

    var meta: JSONObject {
        get { params["_meta"]?.object ?? [:] }
        set { params["_meta"] = .object(newValue) }
    }

    var capabilities: JSONObject {
        get { meta[MetaKey.clientCapabilities]?.object ?? [:] }
        set { meta[MetaKey.clientCapabilities] = .object(newValue) }
    }

    /// The tool that is called.
    var tool: String? { method == "tools/call" ? params["name"]?.string : nil }

    mutating func set(_ member: String, _ value: JSONValue?) {
        guard var object = body.object else { return }
        object[member] = value
        body = .object(object)
    }

    func isCall(of tool: String, _ argument: String, _ value: JSONValue) -> Bool { self.tool == tool && params["arguments"]?[argument] == value }
}

extension WireMutation {
    /// Changes the result of a method.
    static func result(_ method: String, _ change: @escaping @Sendable (inout JSONObject) -> Void) -> WireMutation {
        .resultWhere({ $0.method == method }, change)
    }

    /// Changes the result of a tool.
    static func tool(_ tool: String, _ change: @escaping @Sendable (inout JSONObject) -> Void) -> WireMutation {
        .resultWhere({ $0.tool == tool }, change)
    }

    static func resultWhere(
        _ matches: @escaping @Sendable (WireRequest) -> Bool, _ change: @escaping @Sendable (inout JSONObject) -> Void
    ) -> WireMutation {
        .message { message, request in
            guard matches(request), var result = message["result"]?.object else { return .keep }
            change(&result)
            message["result"] = .object(result)
            return .keep
        }
    }

    /// Puts a result in the place of whatever the server answers.
    static func replace(_ matches: @escaping @Sendable (WireRequest) -> Bool, _ result: @escaping @Sendable (WireRequest) -> JSONObject) -> WireMutation {
        .message { message, request in
            guard message["method"] == nil, matches(request) else { return .keep }
            message["error"] = nil
            message["result"] = .object(result(request))
            return .keep
        }
    }

    /// Changes the parameters of a notification or request of the server.
    static func sends(_ method: String, _ change: @escaping @Sendable (inout JSONObject) -> WireFate) -> WireMutation {
        .message { message, _ in
            guard message["method"]?.string == method else { return .keep }
            var params = message["params"]?.object ?? [:]
            let fate = change(&params)
            message["params"] = .object(params)
            return fate
        }
    }

    /// Changes the error of responses.
    static func error(_ change: @escaping @Sendable (inout JSONObject, WireRequest) -> Void) -> WireMutation {
        .message { message, request in
            guard var error = message["error"]?.object else { return .keep }
            change(&error, request)
            message["error"] = .object(error)
            return .keep
        }
    }
}

extension JSONObject {
    /// Changes the objects of an array.
    mutating func change(_ member: String, _ change: (inout JSONObject) -> Void) {
        guard let elements = self[member]?.array else { return }
        self[member] = .array(
            elements.map { element in
                guard var object = element.object else { return element }
                change(&object)
                return .object(object)
            })
    }

    mutating func changeObject(_ member: String, _ change: (inout JSONObject) -> Void) {
        guard var object = self[member]?.object else { return }
        change(&object)
        self[member] = .object(object)
    }
}
