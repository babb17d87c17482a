import MCPHTTP

/// The parser of event streams: the events are the same however the bytes are cut.
enum EventStreamFuzz {
    static func run(_ bytes: [UInt8]) {
        var whole = EventStreamParser(maximumBytes: 4096)
        let expected = try? whole.feed(bytes)
        var cut = EventStreamParser(maximumBytes: 4096)
        var events: [ServerSentEvent]? = []
        // The first byte says how long the pieces are.
        let length = max(1, Int(bytes.first ?? 1) % 7)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(length)
            rest = rest.dropFirst(length)
            do { events? += try cut.feed(piece) } catch {
                events = nil
                break
            }
        }
        precondition(events == expected, "cut otherwise, the events are others")
    }
}
