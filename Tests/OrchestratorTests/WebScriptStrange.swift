import Foundation
import MCPCore

@testable import Orchestrator

/// Scenes of what servers and models can send, and nobody would write.
enum WebScriptStrange {
    /// Entries that are hard to draw, or cannot be, with ordinary ones between them.
    static func entries(in conversation: String, on script: isolated WebScript) {
        var all = WebScriptScenes.call("shop", "all_rows", [:], .done)
        all.result = ToolResult(
            content: [], structuredContent: ["columns": ["id"], "rows": .array((1...130_000).map { [.integer(Int64($0))] })], isError: false)
        script.emit(.entry(.tool(all)), in: conversation)
        var odd = WebScriptScenes.call("shop", "odd", [:], .done)
        odd.result = ToolResult(content: [.null], structuredContent: nil, isError: false)
        script.emit(.entry(.tool(odd)), in: conversation)
        var text = WebScriptScenes.call("shop", "text", .string("[1, 2"), .failed)
        text.failure = ChatFailure(what: "The call was not made.", why: "The arguments are no JSON object.", whatNow: "", isRetryable: false)
        script.emit(.entry(.tool(text)), in: conversation)
        ask("Which of these?", #"{"a": {"oneOf": [null]}, "b": {"type": "array", "items": {"anyOf": [null, {"const": "x"}]}}}"#, in: conversation, on: script)
        ask("Which of those?", #"{"a": {"type": "string", "title": {"toString": 1, "valueOf": 1}}}"#, in: conversation, on: script)
        script.emit(.entry(script.assistant("I go on.", in: conversation)), in: conversation)
    }

    private static func ask(_ message: String, _ properties: String, in conversation: String, on script: isolated WebScript) {
        let schema: JSONValue = ["type": "object", "properties": WebScriptScenes.json(properties)]
        let question = Elicitation(
            id: "question-\(UUID().uuidString)", server: "shop", tool: nil, message: message, mode: .form(schema: schema), state: .waiting,
            content: nil, at: Date())
        script.emit(.entry(.elicitation(question)), in: conversation)
    }

    /// Numbers that a browser's own would round.
    static func numbers(in conversation: String, on script: isolated WebScript) {
        let arguments = #"{"account": 9007199254740993, "limits": {"most": 9223372036854775807}, "amount": 0.5, "huge": 123456789012345678901234567890}"#
        var pay = WebScriptScenes.call("bank", "pay", WebScriptScenes.json(arguments), .waiting)
        pay.question = .init(text: "Pay?", why: "It cannot be taken back.", isDestructive: false)
        script.emit(.entry(.tool(pay)), in: conversation)
    }

    static func cut(in conversation: String, on script: isolated WebScript) {
        script.emit(.entry(script.assistant("The orders of last", in: conversation)), in: conversation)
        let failure = ChatFailure(what: "The answer was cut.", why: "It reached the limit.", whatNow: "Press Retry to let it go on.", isRetryable: true)
        script.emit(.entry(.failure(FailureNotice(id: "failure-\(UUID().uuidString)", failure: failure, at: Date()))), in: conversation)
        script.finish(conversation, .outputLimit)
    }
}
