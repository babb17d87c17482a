#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

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
    /// The id that the events to come have. It counts once one of them has come whole: of an event that is cut, the id says that it was seen.
    private var idOfNext: String?
    /// The id that a client names to take the stream up again: of the last event that came whole, or the one before it that had an id.
    public private(set) var lastEventID: String?
    /// How long to wait before that, in milliseconds, where the server has said it.
    public private(set) var retryMilliseconds: Int?

    public init(maximumBytes: Int = 64 << 20) { self.maximumBytes = maximumBytes }

    /// Takes bytes and gives the events that they complete.
    /// - Throws: `LimitError`.
    @inlinable public mutating func feed(_ bytes: some Sequence<UInt8>) throws(LimitError) -> [ServerSentEvent] {
        let events = bytes.withContiguousStorageIfAvailable { part in
            Result { () throws(LimitError) in try feed(UnsafeRawBufferPointer(part)) }
        }
        guard let events else { return try feed(Array(bytes)) }
        return try events.get()
    }

    /// Takes bytes and gives the events that they complete. The bytes are not kept.
    /// - Throws: `LimitError`.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(LimitError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var ends = LineEnds(bytes)
        var start = 0
        while start < bytes.count {
            if endedWithReturn {
                endedWithReturn = false
                if bytes[start] == UInt8(ascii: "\n") {
                    start += 1
                    continue
                }
            }
            let end = ends.next(from: start)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<(end ?? bytes.count)])
            guard piece.isEmpty || line.count + piece.count + data.count <= maximumBytes else { throw LimitError(limit: maximumBytes) }
            guard let end else {
                line.append(contentsOf: piece)
                break
            }
            endedWithReturn = bytes[end] == UInt8(ascii: "\r")
            if let event = endLine(piece) { events.append(event) }
            start = end + 1
        }
        return events
    }

    /// - Parameter piece: The line, or what is left of it where it began in bytes that came before.
    private mutating func endLine(_ piece: UnsafeRawBufferPointer) -> ServerSentEvent? {
        guard !line.isEmpty else { return take(piece) }
        // Out of `self`, which taking it changes; and back, so that its memory is used again.
        var whole: [UInt8] = []
        swap(&whole, &line)
        whole.append(contentsOf: piece)
        let event = whole.withUnsafeBytes { take($0) }
        whole.removeAll(keepingCapacity: true)
        swap(&whole, &line)
        return event
    }

    private mutating func take(_ whole: UnsafeRawBufferPointer) -> ServerSentEvent? {
        var line = whole
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xef, 0xbb, 0xbf]) { line = UnsafeRawBufferPointer(rebasing: line[3...]) }
        }
        if line.isEmpty { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"), from: 0) ?? line.count
        // A remark.
        guard colon > 0 else { return nil }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        var value = UnsafeRawBufferPointer(rebasing: line[min(colon + 1, line.count)...])
        if value.first == UInt8(ascii: " ") { value = UnsafeRawBufferPointer(rebasing: value[1...]) }
        if name.spells("data") {
            if hasData { data.append(UInt8(ascii: "\n")) }
            data.append(contentsOf: value)
            hasData = true
        } else if name.spells("event") {
            type = String(decoding: value, as: UTF8.self)
        } else if name.spells("id") {
            if !value.contains(0) { idOfNext = String(decoding: value, as: UTF8.self) }
        } else if name.spells("retry") {
            let isNumber = !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isNumber, let milliseconds = Int(String(decoding: value, as: UTF8.self)) { retryMilliseconds = milliseconds }
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            data = []
            hasData = false
            type = ""
        }
        // Also where there is no data, and so no event (HTML, 9.2.6).
        lastEventID = idOfNext
        return hasData ? ServerSentEvent(type: type.isEmpty ? "message" : type, data: data, id: lastEventID) : nil
    }
}

extension EventStreamParser {
    /// A parser for the stream that takes this one up again: what was cut is dropped, what the server has said is kept.
    public func resumed() -> EventStreamParser {
        var next = EventStreamParser(maximumBytes: maximumBytes)
        next.idOfNext = lastEventID
        next.lastEventID = lastEventID
        next.retryMilliseconds = retryMilliseconds
        return next
    }
}

/// Where lines end in some bytes. Each byte is looked at once for each of the two characters that may end one, however many lines there are.
private struct LineEnds {
    private let bytes: UnsafeRawBufferPointer
    private var newline = -1
    private var carriageReturn = -1

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The first end of a line there or behind it. Asked with positions that only grow.
    mutating func next(from start: Int) -> Int? {
        if newline < start { newline = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? bytes.count }
        if carriageReturn < start { carriageReturn = bytes.firstIndex(of: UInt8(ascii: "\r"), from: start) ?? bytes.count }
        let end = min(newline, carriageReturn)
        return end < bytes.count ? end : nil
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard let base = baseAddress, start < count, let found = memchr(base + start, Int32(byte), count - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    fileprivate func spells(_ word: StaticString) -> Bool {
        guard let base = baseAddress, count == word.utf8CodeUnitCount else { return false }
        return memcmp(base, word.utf8Start, count) == 0
    }
}
