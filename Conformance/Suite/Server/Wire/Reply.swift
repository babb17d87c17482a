import MCPCore

/// A request from beginning to end.
struct Reply: Sendable {
    /// The request was not answered as the scenario needs it.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    let method: String
    let id: JSONValue
    /// `nil` where none came, as with an HTTP status that carries none.
    let response: JSONValue?
    /// What came before it.
    let notifications: [JSONValue]
    /// What the server asked meanwhile.
    let requests: [JSONValue]
    let head: Exchange.Head?
    /// The body, where it is neither JSON nor an event stream.
    let text: String

    var status: Int? { head?.status }
    var error: JSONValue? { response?["error"] }
    var errorCode: Int64? { error?["code"]?.integer }

    /// The result.
    /// - Throws: `Unusable` where the request failed.
    func result() throws -> JSONObject {
        if let result = response?["result"]?.object { return result }
        throw Unusable(description: "\(method) was to have a result, but was answered with \(seen)")
    }

    /// What came, for messages to people.
    var seen: String {
        let status = status.map { "HTTP status \($0) and " } ?? ""
        return status + (response?.excerpt ?? (text.isEmpty ? "no message" : "the text \(text.prefix(200))"))
    }

    func notifications(_ method: String) -> [JSONObject] {
        notifications.filter { $0["method"]?.string == method }.map { $0["params"]?.object ?? [:] }
    }

    func requests(_ method: String) -> [JSONObject] {
        requests.filter { $0["method"]?.string == method }.map { $0["params"]?.object ?? [:] }
    }
}
