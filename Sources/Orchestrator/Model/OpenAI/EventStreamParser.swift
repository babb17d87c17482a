/// Reads a `text/event-stream` from bytes as they come (WHATWG HTML, section 9.2), keeping only each event's data.
///
/// Chunks may end anywhere: in the middle of a character, of a line end, of a field name.
struct EventStreamParser {
    /// Longest event that is taken, in bytes.
    let limit: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var afterCarriageReturn = false
    private var isFirstLine = true

    init(limit: Int = 4 << 20) { self.limit = limit }

    struct TooLong: Error {}

    /// Takes more bytes and returns the data of the events that are complete with them.
    mutating func take(_ bytes: some Collection<UInt8>) throws -> [[UInt8]] {
        var events: [[UInt8]] = []
        var rest = bytes[...]
        while let first = rest.first {
            if afterCarriageReturn {
                afterCarriageReturn = false
                if first == UInt8(ascii: "\n") {
                    rest = rest.dropFirst()
                    continue
                }
            }
            let end = rest.firstIndex { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
            line.append(contentsOf: rest[..<(end ?? rest.endIndex)])
            if line.count + data.count > limit { throw TooLong() }
            guard let end else { break }
            afterCarriageReturn = rest[end] == UInt8(ascii: "\r")
            endLine(into: &events)
            rest = rest[rest.index(after: end)...]
        }
        return events
    }

    private mutating func endLine(into events: inout [[UInt8]]) {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else {
            if hasData { events.append(data) }
            data = []
            hasData = false
            return
        }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        guard name.elementsEqual("data".utf8) else { return }
        var value = line.dropFirst(name.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if hasData { data.append(UInt8(ascii: "\n")) }
        data.append(contentsOf: value)
        hasData = true
    }
}
