import MCPCore
import TestSupport
import Testing

@testable import MCPHTTP

struct EventStreamParserTests {
    private static let stream =
        "\u{feff}: remark\r\nid: 1\rdata: a\ndata:b\r\n\r\nevent: other\ndata\nretry: 250\n\nid\ndata: {\"é\":1}\n\ndata: cut"
    private static let events = [
        ServerSentEvent(type: "message", data: Array("a\nb".utf8), id: "1"), ServerSentEvent(type: "other", data: [], id: "1"),
        ServerSentEvent(type: "message", data: Array("{\"é\":1}".utf8), id: ""),
    ]

    @Test func eventsAreTheSameHoweverTheyAreCut() throws {
        let bytes = Array(Self.stream.utf8)
        for size in 1...bytes.count {
            var parser = EventStreamParser()
            var events: [ServerSentEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += try parser.feed(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(events == Self.events, "pieces of \(size)")
            #expect(parser.retryMilliseconds == 250)
        }
    }

    @Test(arguments: ["retry: 1.5\n", "retry: -1\n", "retry:\n", "retry: x\n", "id: a\0b\n", "unknown: x\n", ": id: 5\n"])
    func whatMeansNothingIsIgnored(_ line: String) throws {
        var parser = EventStreamParser()
        #expect(try parser.feed("\(line)\n".utf8).isEmpty)
        #expect(parser.retryMilliseconds == nil)
        #expect(parser.lastEventID == nil)
    }

    @Test func anEventWithoutDataIsNoneButItsIDCounts() throws {
        var parser = EventStreamParser()
        #expect(
            try parser.feed("id: 7\nevent: x\n\ndata: y\n\n".utf8) == [ServerSentEvent(type: "message", data: Array("y".utf8), id: "7")])
        #expect(parser.resumed().lastEventID == "7")
    }

    /// Whoever took the stream up behind it would lose it.
    @Test func theIDOfAnEventThatIsCutDoesNotCount() throws {
        var parser = EventStreamParser()
        _ = try parser.feed("id: 6\ndata: whole\n\nid: 7\ndata: half".utf8)
        #expect(parser.lastEventID == "6")
        var resumed = parser.resumed()
        #expect(resumed.lastEventID == "6")
        #expect(try resumed.feed("data: next\n\n".utf8) == [ServerSentEvent(type: "message", data: Array("next".utf8), id: "6")])
    }

    @Test func longEventsAreRefused() throws {
        var parser = EventStreamParser(maximumBytes: 100)
        #expect(try parser.feed(("data: " + String(repeating: "x", count: 90) + "\n\n").utf8).count == 1)
        #expect(throws: EventStreamParser.LimitError.self) { try parser.feed(("data: " + String(repeating: "x", count: 101)).utf8) }
        var lines = EventStreamParser(maximumBytes: 100)
        #expect(throws: EventStreamParser.LimitError.self) {
            try lines.feed(String(repeating: "data: xxxxxxxx\n", count: 20).utf8)
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        var parser = EventStreamParser()
        let bytes = EventStreamEncoder.event(Array("{}".utf8), id: "3-4", retry: .milliseconds(1500)) + EventStreamEncoder.keepAlive
        #expect(try parser.feed(bytes) == [ServerSentEvent(type: "message", data: Array("{}".utf8), id: "3-4")])
        #expect(parser.retryMilliseconds == 1500)
    }

    /// Where lines end, what they mean and when they are too long: as by the plainest way to read them, byte by byte.
    @Test func theEventsAreThoseOfAReaderByteByByte() {
        let parts = [
            "\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "data:", "data: ", "data", "id: 7", "id", "id:a\0b", "event: x", "retry: 5", "retry:x", ": r", ":",
            " ", "xyz", "\u{feff}", "é", "dat", "datax: 1",
        ]
        forSeeds(3000) { generator in
            let bytes = (0..<Int.random(in: 0..<40, using: &generator)).flatMap { _ in Array(parts.randomElement(using: &generator)!.utf8) }
            let limit = Bool.random(using: &generator) ? 1000 : Int.random(in: 0..<30, using: &generator)
            var parser = EventStreamParser(maximumBytes: limit)
            var plain = PlainParser(maximumBytes: limit)
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0..<12, using: &generator))
                rest = rest.dropFirst(piece.count)
                let (events, expected) = (try? parser.feed(piece), plain.feed(piece))
                try hold(events == expected, "\(bytes) with at most \(limit): \(String(describing: events)) and not \(String(describing: expected))")
                try hold(
                    expected == nil || (parser.lastEventID == plain.lastEventID && parser.retryMilliseconds == plain.retryMilliseconds),
                    "\(bytes): id \(parser.lastEventID ?? "-") and not \(plain.lastEventID ?? "-")")
                if expected == nil { break }
            }
        }
    }

    @Test func bytesThatAreNotContiguousAreReadToo() throws {
        var parser = EventStreamParser()
        let bytes = "data: 1\n\n".utf8.lazy.map { $0 }
        #expect(try parser.feed(bytes) == [ServerSentEvent(type: "message", data: Array("1".utf8), id: nil)])
    }
}

/// Reads one byte after the other and keeps the line that it is in.
private struct PlainParser {
    let maximumBytes: Int
    private var line: [UInt8] = []
    private var data: [UInt8]?
    private var type = ""
    private var last: UInt8 = 0
    private var isFirst = true
    private var nextID: String?
    var lastEventID: String?
    var retryMilliseconds: Int?

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// `nil` where the limit is passed.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent]? {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            defer { last = byte }
            if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D || last != 0x0D { events += endLine() }
            } else {
                line.append(byte)
                if line.count + (data?.count ?? 0) > maximumBytes { return nil }
            }
        }
        return events
    }

    private mutating func endLine() -> [ServerSentEvent] {
        var text = String(decoding: line, as: UTF8.self)
        line = []
        if isFirst, text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        isFirst = false
        if text.isEmpty {
            defer { (data, type) = (nil, "") }
            lastEventID = nextID
            return data.map { [ServerSentEvent(type: type.isEmpty ? "message" : type, data: $0, id: lastEventID)] } ?? []
        }
        let halves = text.unicodeScalars.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        var value = halves.count > 1 ? halves[1] : ""
        if value.unicodeScalars.first == " " { value.unicodeScalars.removeFirst() }
        switch halves[0] {
        case "data": data = (data.map { $0 + [0x0A] } ?? []) + Array(value.utf8)
        case "event": type = value
        case "id": if !value.unicodeScalars.contains("\0") { nextID = value }
        case "retry": if !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { retryMilliseconds = Int(value) ?? retryMilliseconds }
        default: break
        }
        return []
    }
}
