/// A server-sent event (HTML Living Standard, section 9.2).
public struct ServerSentEvent: Sendable, Hashable {
    /// The event's type; `message` where the server names none.
    public var type: String
    public var data: [UInt8]
    /// The last id that the stream has given, with this event or before it.
    public var id: String?
}

/// Reads server-sent events from bytes as they come, cut anywhere.
public struct EventStreamParser: Sendable {
    /// The data of one event is longer than the limit.
    public struct LimitError: Error, Sendable, CustomStringConvertible {
        public var limit: Int
        public var description: String { "An event of the stream is longer than \(limit) bytes" }
    }

    private let maximumBytes: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var endedWithReturn = false
    private var isAtStart = true
    /// The id that a client names to take the stream up again.
    public private(set) var lastEventID: String?
    /// How long to wait before that, in milliseconds, where the server has said it.
    public private(set) var retryMilliseconds: Int?

    public init(maximumBytes: Int = 64 << 20) { self.maximumBytes = maximumBytes }

    /// Takes bytes and gives the events that they complete.
    /// - Throws: `LimitError`.
    public mutating func feed(_ bytes: some Sequence<UInt8>) throws(LimitError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n") where endedWithReturn: endedWithReturn = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                endedWithReturn = byte == UInt8(ascii: "\r")
                if let event = endLine() { events.append(event) }
            default:
                endedWithReturn = false
                line.append(byte)
                guard line.count + data.count <= maximumBytes else { throw LimitError(limit: maximumBytes) }
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        guard line[0] != UInt8(ascii: ":") else { return nil }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            data.append(contentsOf: value)
            hasData = true
        case "event": type = String(decoding: value, as: UTF8.self)
        case "id": if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        case "retry":
            let isNumber = !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isNumber, let milliseconds = Int(String(decoding: value, as: UTF8.self)) { retryMilliseconds = milliseconds }
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            data = []
            hasData = false
            type = ""
        }
        return hasData ? ServerSentEvent(type: type.isEmpty ? "message" : type, data: data, id: lastEventID) : nil
    }
}

extension EventStreamParser {
    /// A parser for the stream that takes this one up again: what was cut is dropped, what the server has said is kept.
    public func resumed() -> EventStreamParser {
        var next = EventStreamParser(maximumBytes: maximumBytes)
        next.lastEventID = lastEventID
        next.retryMilliseconds = retryMilliseconds
        return next
    }
}
