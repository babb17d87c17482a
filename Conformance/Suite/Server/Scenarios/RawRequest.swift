import MCPCore

extension Conversation {
    /// Sends a request whose parts may be wrong on purpose.
    /// - Parameters:
    ///   - params: All of them: nothing is added.
    ///   - headers: Replace those that the specification asks for; `nil` leaves one out.
    func raw(
        _ method: String, _ params: JSONObject?, id: JSONValue? = nil, headers: [(String, String?)] = []
    ) async throws -> Reply {
        var message: JSONObject = ["jsonrpc": "2.0", "id": id ?? nextID(), "method": .string(method)]
        message["params"] = params.map(JSONValue.object)
        return try await finish(open(.object(message), headers: headers))
    }

    /// Opens an exchange with a message as it is.
    /// - Parameter limit: How long the answer may take to begin, where that is more than for other requests.
    func open(_ message: JSONValue, headers overrides: [(String, String?)] = [], within limit: Duration? = nil) async throws -> Exchange {
        guard let http = link as? HTTPLink else { return try await link.open(message, linkContext) }
        run.sent(message)
        return try await http.post(
            message.serialized(), Self.headers(for: message, linkContext, overrides), method: message["method"]?.string, id: message["id"],
            within: limit)
    }

    static func headers(for message: JSONValue, _ context: LinkContext, _ overrides: [(String, String?)]) -> [(String, String)] {
        var headers = HTTPLink.headers(for: message, context)
        for (name, value) in overrides {
            headers.removeAll { $0.0.lowercased() == name.lowercased() }
            if let value { headers.append((name, value)) }
        }
        return headers
    }
}
