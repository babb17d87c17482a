import MCPCore

/// The headers that mirror a message (Streamable HTTP 2026-07-28, Request Metadata), as a client sends them.
public enum RequestHeaders {
    /// Names and encoded values.
    public static func all(of message: JSONRPCMessage, _ metadata: ExchangeMetadata) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        switch message {
        case .request(let request):
            headers.append(("Mcp-Method", request.method))
            if let name = RequestHeaderRules.name(of: request) ?? metadata.routingName { headers.append(("Mcp-Name", HeaderValue.encode(name))) }
        case .notification(let notification): headers.append(("Mcp-Method", notification.method))
        case .response: break
        }
        for parameter in metadata.parameterHeaders { headers.append((parameter.name, HeaderValue.encode(parameter.value))) }
        return headers
    }
}
