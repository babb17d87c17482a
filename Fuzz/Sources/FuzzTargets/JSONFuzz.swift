import MCPCore

/// The parser and the writer: what is accepted is the same after it was written and read again.
enum JSONFuzz {
    static func run(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else { return }
        let written = value.serialized()
        guard let again = try? JSONValue(parsing: written) else { preconditionFailure("what was written cannot be read") }
        precondition(again == value, "the value has changed")
        precondition(again.serialized() == written, "the text has changed")
    }
}

/// A message on a connection: whatever comes, the classifier, the session and the reader answer or refuse.
enum MessageFuzz {
    private static let server = Server("fuzzed", version: "1") {
        ServerTool(Tool(name: "t", inputSchema: ["type": "object", "properties": ["a": ["type": "integer"]]])) { _, _ in CallToolResult(text: "t") }
    }

    static func run(_ bytes: [UInt8]) {
        let input = bytes.withUnsafeBytes { JSONRPCInput(parsing: $0, limits: .default) }
        guard case .message(let message) = input else { return }
        precondition((try? JSONValue(parsing: message.json.serialized())) != nil)
        if case .request(let request) = message { _ = RequestClassifier(configuration: server.configuration).classify(request) }
        var session = HandshakeSession(kernel: server.kernel)
        _ = session.receive(message)
        _ = session.receive(message)
    }
}
