import MCPHTTP

/// Values of `Mcp-*` headers: what is decoded comes back when it is encoded again.
enum HeaderFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        precondition(HeaderValue.decode(HeaderValue.encode(text)) == text, "what was encoded is decoded to something else")
        guard let value = HeaderValue.decode(text) else { return }
        precondition(HeaderValue.decode(HeaderValue.encode(value)) == value)
    }
}
