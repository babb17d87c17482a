import MCPCore

/// Writes server-sent events (HTML Living Standard, section 9.2).
enum EventStreamEncoder {
    /// One event. JSON has no line breaks, so that the data is one line.
    static func event(_ data: [UInt8], type: String? = nil, id: String? = nil, retry: Duration? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        if let type { bytes.append(contentsOf: "event: \(type)\n".utf8) }
        if let id { bytes.append(contentsOf: "id: \(id)\n".utf8) }
        if let retry { bytes.append(contentsOf: "retry: \(Int64(retry / .milliseconds(1)))\n".utf8) }
        bytes.append(contentsOf: "data: ".utf8)
        bytes.append(contentsOf: data)
        bytes.append(contentsOf: "\n\n".utf8)
        return bytes
    }

    /// One event that has nothing but data.
    static func append(_ message: JSONRPCMessage, to bytes: inout [UInt8]) {
        let data = message.serialized()
        bytes.reserveCapacity(bytes.count + data.count + 8)
        bytes.append(contentsOf: "data: ".utf8)
        bytes.append(contentsOf: data)
        bytes.append(contentsOf: "\n\n".utf8)
    }

    /// A comment, which carries nothing and shows that the stream lives.
    static let keepAlive = Array(": keep-alive\n\n".utf8)
}
