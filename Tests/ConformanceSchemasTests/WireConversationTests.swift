import ConformanceSchemas
import MCPCore
import Testing

struct WireConversationTests {
    private let opening: JSONValue = [
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]],
    ]

    @Test func aResponseAnswersTheRequestOfItsId() {
        var conversation = WireConversation(revision: .v2025_11_25)
        #expect(conversation.place(["jsonrpc": "2.0", "id": 1, "method": "tools/list"], from: .client).answering == nil)
        // The other side counts for itself.
        _ = conversation.place(["jsonrpc": "2.0", "id": 1, "method": "roots/list"], from: .server)
        #expect(conversation.place(["jsonrpc": "2.0", "id": 1, "result": [:]], from: .server).answering == "tools/list")
        #expect(conversation.place(["jsonrpc": "2.0", "id": 1, "result": [:]], from: .client).answering == "roots/list")
        #expect(conversation.place(["jsonrpc": "2.0", "id": 1, "result": [:]], from: .server).answering == nil)
    }

    @Test func theRevisionThatWasAgreedOnCounts() {
        var conversation = WireConversation(revision: .latest)
        #expect(conversation.place(opening, from: .client).revision == .v2025_11_25)
        let answer = conversation.place(["jsonrpc": "2.0", "id": 0, "result": ["protocolVersion": "2024-11-05"]], from: .server)
        #expect(answer == WireConversation.Place(revision: .v2024_11_05, answering: "initialize"))
        #expect(conversation.place(["jsonrpc": "2.0", "method": "notifications/initialized"], from: .client).revision == .v2024_11_05)
    }

    @Test func aLateAnswerToTheProbeIsInTheRevisionOfTheProbe() {
        var conversation = WireConversation(revision: .latestHandshake)
        let probe: JSONValue = [
            "jsonrpc": "2.0", "id": "probe", "method": "server/discover", "params": ["_meta": [MetaKey.protocolVersion: "2026-07-28"]],
        ]
        #expect(conversation.place(probe, from: .client).revision == .v2026_07_28)
        _ = conversation.place(opening, from: .client)
        #expect(
            conversation.place(["jsonrpc": "2.0", "id": "probe", "result": [:]], from: .server)
                == WireConversation.Place(revision: .v2026_07_28, answering: "server/discover"))
    }
}
