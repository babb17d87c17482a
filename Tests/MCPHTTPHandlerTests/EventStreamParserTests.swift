import MCPCore
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
}
