/// One thing on an event stream (HTML Living Standard, section 9.2), as it was written.
struct StreamEvent: Sendable, Hashable {
    var type: String?
    var data: String?
    var id: String?
    var retryMilliseconds: Int?

    var isEmpty: Bool { type == nil && data == nil && id == nil && retryMilliseconds == nil }
}

/// Reads an event stream block by block, and keeps what a client's parser would drop: ids without data, `retry`, comments.
///
/// It is none of the SDK's, so that a fault that its encoder and its parser share is seen.
struct EventStreamReader {
    private(set) var comments = 0
    private var line: [UInt8] = []
    private var event = StreamEvent()
    private var sawReturn = false

    /// The events that these bytes complete.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [StreamEvent] {
        var events: [StreamEvent] = []
        for byte in bytes {
            defer { sawReturn = byte == UInt8(ascii: "\r") }
            if byte == UInt8(ascii: "\n"), sawReturn { continue }
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                line.append(byte)
                continue
            }
            if !line.isEmpty {
                take(String(decoding: line, as: UTF8.self))
                line.removeAll()
            } else if !event.isEmpty {
                events.append(event)
                event = StreamEvent()
            }
        }
        return events
    }

    private mutating func take(_ line: String) {
        if line.hasPrefix(":") {
            comments += 1
            return
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count == 2 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "data": event.data = event.data.map { "\($0)\n\(value)" } ?? value
        case "event": event.type = value
        case "id": event.id = value
        case "retry": event.retryMilliseconds = Int(value)
        default: break
        }
    }
}
