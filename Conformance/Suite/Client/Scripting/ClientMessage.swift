import HTTPTypes
import MCPCore

/// A message of the client under test, and what came with it.
struct ClientMessage: Sendable {
    var json: JSONValue
    /// The head of the HTTP request; `nil` on stdio.
    var head: HTTPRequest?

    var method: String? { json["method"]?.string }
    var id: JSONValue? { json["id"] }
    var params: JSONValue { json["params"] ?? [:] }
    var meta: JSONValue? { json["params"]?["_meta"] }

    /// A header field of the HTTP request; `nil` where there is none, and on stdio.
    func header(_ name: String) -> String? { head?.header(name) }
}

extension HTTPRequest {
    /// A header field by a name that is known to be one.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headerFields[$0] } }

    /// All fields of a name that is known to be one.
    func headers(_ name: String) -> [String] { HTTPField.Name(name).map { headerFields[values: $0] } ?? [] }
}
