import Foundation
import MCPCore

@testable import Orchestrator

/// A dialogue with the demonstration model over given servers, where every call is allowed.
struct DemonstrationDialogue {
    let host: FakeHost
    private(set) var entries: [ChatEntry] = []
    /// The calls of the last question.
    private(set) var calls: [(tool: String, arguments: JSONObject)] = []

    init(_ tools: [FakeHost.Tool]) { host = FakeHost(tools) }

    /// The answer to a question.
    mutating func ask(_ text: String) async -> String {
        let before = host.calls.count
        entries.append(.user(UserMessage(id: UUID().uuidString, clientMessageID: "", text: text, at: Date())))
        let recorder = RecordingObserver(decision: .allowOnce)
        let model = DemonstrationModel(pace: .zero, now: { Date(timeIntervalSince1970: 1_700_000_000) })  // Tuesday, 14 November 2023
        _ = await AgentLoop(model: model, host: host).run(entries, observer: recorder)
        let new = recorder.entries
        entries += new
        calls = Array(host.calls[before...])
        return new.compactMap { if case .assistant(let message) = $0 { message.text } else { nil } }.joined(separator: "\n")
    }

    /// The text of the last SQL statement that was run.
    var statement: String? {
        calls.last { $0.arguments["sql"] != nil || $0.arguments["statement"] != nil }.flatMap { ($0.arguments["sql"] ?? $0.arguments["statement"])?.string }
    }
}
