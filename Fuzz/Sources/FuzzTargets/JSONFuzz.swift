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
        compareReaders(bytes)
        let input = bytes.withUnsafeBytes { JSONRPCInput(parsing: $0, limits: .default) }
        guard case .message(let message) = input else { return }
        precondition((try? JSONValue(parsing: message.json.serialized())) != nil)
        if case .request(let request) = message { _ = RequestClassifier(configuration: server.configuration).classify(request) }
        var session = HandshakeSession(kernel: server.kernel)
        _ = session.receive(message)
        _ = session.receive(message)
    }

    /// A connection's reader remembers what stands in several messages; each of them, one a line, is what it is by itself.
    private static func compareReaders(_ bytes: [UInt8]) {
        var reader = MessageReader(server.configuration)
        let classifier = RequestClassifier(configuration: server.configuration)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fresh = line.withUnsafeBytes { JSONRPCInput(parsing: $0, limits: server.configuration.jsonLimits) }
            let read = line.withUnsafeBytes { reader.read($0) }
            switch (read, fresh) {
            case (.message(let one), .message(let other)):
                precondition(one.json.serialized() == other.json.serialized(), "another message was read than stands there")
                guard case .request(let request) = one, case .request(let same) = other else { continue }
                switch (reader.classify(request), classifier.classify(same)) {
                case (.perRequest, .perRequest), (.handshake, .handshake), (.refused, .refused): break
                default: preconditionFailure("another era was found than stands there")
                }
            case (.batch(let one), .batch(let other)): precondition(one.count == other.count)
            case (.invalid, .invalid): break
            default: preconditionFailure("a message was read otherwise than by itself")
            }
        }
    }
}
