import MCPCore

/// Event streams as the standard of HTML allows them, not only as most servers write them.
enum EventStreamScenarios {
    static let all = [parsing, ending]

    private struct Style: Sendable {
        var name: String
        /// Writes an event with this data, in pieces that are sent one after the other.
        var pieces: @Sendable (String) -> [[UInt8]]

        init(_ name: String, _ pieces: @escaping @Sendable (String) -> [[UInt8]]) {
            self.name = name
            self.pieces = pieces
        }
    }

    private static func bytes(_ texts: String...) -> [[UInt8]] { texts.map { [UInt8]($0.utf8) } }

    private static let styles = [
        Style("carriage_returns") { bytes("event: message\r\ndata: \($0)\r\n\r\n") },
        Style("lone_carriage_returns") { bytes("data: \($0)\r\r") },
        Style("no_space") { bytes("data:\($0)\n\n") },
        Style("comments") { bytes(": hello\n\n:\ndata: \($0)\n: in between\n\n") },
        Style("unknown_fields") { bytes("color: red\ndata: \($0)\nretry: soon\nid: 7\n\n") },
        Style("several_lines") { data in
            // JSON may be cut between members: the lines are joined with a newline.
            let cut = data.index(after: data.firstIndex(of: ",") ?? data.startIndex)
            return bytes("data: \(data[..<cut])\ndata: \(data[cut...])\n\n")
        },
        Style("byte_order_mark") { [[0xEF, 0xBB, 0xBF]] + bytes("data: \($0)\n\n") },
        Style("one_byte_at_a_time") { Array("data: \($0)\n\n".utf8).map { [$0] } },
        Style("empty_data_first") { bytes("id: 1\ndata:\n\n", "data: \($0)\n\n") },
        Style("line_ends_apart") { bytes("data: \($0)\r", "\n\r", "\n") },
    ]

    private static let walk = Walkthrough(calls: styles.map { .init(name: $0.name) })

    static let parsing = Scenario<ClientSubject>.client(
        "client-event-stream-parsing", "Answers come in event streams with all that the standard allows; the client reads each of them.",
        context: walk.context, checks: styles.map { Check("client-event-stream-\($0.name)", "The event is read.") },
        script: { run in
            StandardServer(
                run: run, tools: walk.tools,
                call: { call, server in
                    guard let style = styles.first(where: { $0.name == call.name }) else { return server.error(-32602, "Unknown tool", to: call.message) }
                    return .events { sink in
                        let response = server.textResponse("Größe: 世界 🙂 \(style.name)", to: call.message)
                        run.sent(response)
                        for piece in style.pieces(response.serializedString) { try await sink.write(piece) }
                    }
                })
        },
        conclude: { run in
            for (index, style) in styles.enumerated() {
                run.checkReport("client-event-stream-\(style.name)", index, ["text": .string("Größe: 世界 🙂 \(style.name)")], style.name)
            }
        })

    private static let endings = Walkthrough(calls: [.init(name: "stays_open"), .init(name: "ends_early"), .init(name: "after")])

    static let ending = Scenario<ClientSubject>.client(
        "client-event-stream-ending", "A response counts at once, though its stream stays open; a stream without a response is a failure, not a hang.",
        context: endings.context,
        checks: [
            Check("client-event-stream-response-counts", "A response counts at once, though its stream stays open."),
            Check("client-event-stream-without-response", "A stream that ends without the response is a failure."),
            Check("client-event-stream-goes-on", "The next call works."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: endings.tools,
                call: { call, server in
                    switch call.name {
                    case "stays_open":
                        .events { sink in
                            try await sink.send(server.textResponse("At once.", to: call.message))
                            await sink.waitUntilClosed()
                        }
                    case "ends_early": .events { sink in try await sink.write(": nothing more\n\n") }
                    default: server.text("Still here.", to: call.message)
                    }
                })
        },
        conclude: { run in
            run.checkReport("client-event-stream-response-counts", 0, ["text": "At once."], "the response on a stream that stays open")
            run.checkReport("client-event-stream-without-response", 1, ["failed": true], "a stream that ends without the response")
            run.checkReport("client-event-stream-goes-on", 2, ["text": "Still here."], "the call after it")
        })
}
