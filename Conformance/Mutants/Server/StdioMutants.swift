import MCPCore

/// Faults of framing and lifecycle on standard streams.
enum StdioMutants {
    static let all = [
        ServerMutant(
            "lines-in-messages", "A line feed in a text breaks the line", at: .v2025_11_25, on: .stdio,
            fails: ["stdio-framing", "unicode", "tools-call-invalid-arguments"],
            .line { message in
                let text = JSONValue.object(message).serializedString
                guard text.contains(#"\n"#) else { return nil }
                return Array(text.utf8).replacing(Array(#"\n"#.utf8), with: [UInt8(ascii: "\n")])
            }),
        ServerMutant(
            "wraps-lines", "A response is wrapped in an array", at: .v2026_07_28, on: .stdio, fails: ["tools-call-audio"],
            .line(MessageMutants.wrappedSound)),
        ServerMutant(
            "answers-twice-in-lines", "A response comes twice", at: .v2025_11_25, on: .stdio, fails: ["tools-call-with-logging"],
            .again { message, request in request.tool == "test_tool_with_logging" && message["result"] != nil }),
        ServerMutant(
            "no-carriage-returns", "A line that ends with CR LF is dropped", at: .v2026_07_28, on: .stdio, fails: ["stdio-pieces"],
            .input { $0?.last == UInt8(ascii: "\r") ? .drop : .keep }),
        ServerMutant(
            "loses-one-of-many", "One of many requests is lost", at: .v2025_11_25, on: .stdio, fails: ["stdio-pipelined"],
            .message { message, _ in message["id"] == 50 ? .drop : .keep }),
        ServerMutant(
            "ends-at-blank-lines", "An empty line ends the server", at: .v2026_07_28, on: .stdio, fails: ["stdio-blank-lines"],
            .input { $0?.isEmpty == true ? .exit(0) : .keep }),
        ServerMutant(
            "prints-among-messages", "What is printed gets among the messages", at: .v2025_11_25, on: .stdio, fails: ["stdio-stray-output"], .letPrint),
        ServerMutant(
            "ends-badly", "The exit status is 3", at: .v2026_07_28, on: .stdio, fails: ["stdio-exit", "stdio-answered-at-end"],
            lateAnswer, .input { $0 == nil ? .exit(3) : .keep }),
        ServerMutant(
            "hasty-end", "What was asked before the end is not answered", at: .v2025_11_25, on: .stdio, fails: ["stdio-answered-at-end"],
            lateAnswer, .input { $0 == nil ? .exit(0) : .keep }),
        ServerMutant(
            "failing-text", "A tool that cannot fail fails", at: .v2025_11_25, on: .stdio,
            fails: ["tools-call-simple-text", "stdio-restart"],
            .tool("test_simple_text") { $0["isError"] = true }),
        ServerMutant(
            "endless-subscriptions", "Cancellations are passed over", at: .v2026_07_28, on: .stdio,
            fails: [
                "cancel-request", "tasks-status-notifications", "subscriptions-cancel", "server-stateless", "subscriptions-resource-updated",
                "subscriptions-concurrent",
            ],
            .input { line in
                guard let line, let json = try? JSONValue(parsing: line), json["method"] == "notifications/cancelled" else { return .keep }
                return .drop
            }),
    ]

    /// What is asked just before the end of input has no answer yet when that comes, however late it comes.
    private static let lateAnswer = WireMutation.hold { request in
        if request.body["id"] == "just-before-the-end" { try await Task.sleep(for: .seconds(60)) }
    }
}
