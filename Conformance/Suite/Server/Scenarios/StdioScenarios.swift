import MCPCore

/// Framing and lifecycle on standard streams (basic/transports/stdio).
enum StdioScenarios {
    static let all = [framing, pieces, pipelined, blank, stray, exit, answeredAtEnd, restart]

    private static func scenario(
        _ name: String, _ summary: String, revisions: Set<ProtocolRevision> = .all, checks: [Check],
        _ body: @escaping @Sendable (Conversation, ServerProcess, ScenarioRun) async throws -> Void
    ) -> Scenario<ServerSubject> {
        Scenario("stdio-\(name)", summary, revisions: revisions, bindings: [.stdio], scoring: .additional, checks: checks) { target, run in
            try await target.converse(run) { server in
                guard let stdio = server.link as? StdioLink else { throw run.notApplicable("The server is not reached over stdio") }
                try await body(server, stdio.process, run)
            }
        }
    }

    private static func line(_ message: JSONValue) -> [UInt8] { message.serialized() + [UInt8(ascii: "\n")] }

    private static let framing = scenario(
        "framing", "One message a line", checks: [Check("stdio-one-line", "A message with line feeds inside its text is one line of JSON")]
    ) { server, _, run in
        let text = "one\ntwo\r\nthree"
        let reply = try await server.call(
            "prompts/get", ["name": "test_prompt_with_arguments", "arguments": ["arg1": .string(text), "arg2": "two"]])
        // Lines that are no JSON have failed the scenario already.
        let back = try reply.result().objects("messages").compactMap { $0["content"]?["text"]?.string }.joined()
        run.check("stdio-one-line", back.utf8Contains(text), "it came back as \(JSONValue.string(back).excerpt)")
    }

    private static let pieces = scenario(
        "pieces", "Messages that come in pieces, or several at once",
        checks: [
            Check("stdio-split-message", "A message that comes byte by byte is answered"),
            Check("stdio-joined-messages", "Two messages that come in one piece are both answered"),
            Check("stdio-carriage-return", "A message whose line ends with CR LF is answered"),
        ]
    ) { server, process, run in
        let split = try await expect(server, "tools/list")
        for byte in line(split.request).prefix(40) { try await process.write([byte]) }
        try await process.write(Array(line(split.request).dropFirst(40)))
        let first = try await server.finish(split.exchange)
        run.check("stdio-split-message", first.response?["result"] != nil, "it is answered with \(first.seen)")

        let (one, two) = (try await expect(server, "tools/list"), try await expect(server, "prompts/list"))
        try await process.write(line(one.request) + line(two.request))
        for pending in [one, two] {
            let reply = try await server.finish(pending.exchange)
            run.check("stdio-joined-messages", reply.response?["result"] != nil, "it is answered with \(reply.seen)")
        }

        let returned = try await expect(server, "tools/list")
        try await process.write(returned.request.serialized() + Array("\r\n".utf8))
        let last = try await server.finish(returned.exchange)
        run.recommend("stdio-carriage-return", last.response?["result"] != nil, "it is answered with \(last.seen)")
    }

    /// A request that is about to be written by hand, and the exchange that will have its answer.
    private static func expect(
        _ server: Conversation, _ method: String, id: JSONValue? = nil
    ) async throws -> (request: JSONValue, exchange: Exchange) {
        let request = server.request(method, id: id)
        guard let stdio = server.link as? StdioLink else { throw server.run.notApplicable("The server is not reached over stdio") }
        return (request, try stdio.expect(request))
    }

    private static let pipelined = scenario(
        "pipelined", "Many requests without waiting",
        checks: [Check("stdio-pipelined", "Fifty requests in one piece are answered, each with its own id and once")]
    ) { server, process, run in
        var pending: [(request: JSONValue, exchange: Exchange)] = []
        for index in 0..<50 { pending.append(try await expect(server, index % 2 == 0 ? "tools/list" : "resources/list")) }
        try await process.write(pending.flatMap { line($0.request) })
        for (index, one) in pending.enumerated() {
            let reply = try await server.finish(one.exchange)
            let member = index % 2 == 0 ? "tools" : "resources"
            run.check("stdio-pipelined", reply.response?["result"]?[member] != nil, "request \(index) is answered with \(reply.seen)")
        }
    }

    private static let blank = scenario(
        "blank-lines", "Empty lines between messages", checks: [Check("stdio-blank-lines", "They do not disturb the server")]
    ) { server, process, run in
        try await process.write(Array("\n\n   \n".utf8))
        let list = try await server.call("tools/list")
        run.check("stdio-blank-lines", list.response?["result"] != nil, "after them tools/list is answered with \(list.seen)")
    }

    private static let stray = scenario(
        "stray-output", "A tool that prints", checks: [Check("stdio-stray-output", "What print_stray prints does not get among the messages")]
    ) { server, _, run in
        try await server.requireTools("print_stray")
        let reply = try await server.callTool("print_stray", [:])
        // A line that is no JSON has failed the scenario already.
        run.check("stdio-stray-output", try !reply.result().isError, "it is answered with \(reply.seen)")
    }

    private static let exit = scenario(
        "exit", "The end of standard input",
        checks: [
            Check("stdio-exits", "The server ends when its standard input is closed"),
            Check("stdio-exit-status", "Its exit status is 0"),
        ]
    ) { server, process, run in
        _ = try await server.call("tools/list").result()
        process.closeInput()
        let status = await process.waitForExit(within: run.answerLimit)
        run.recommend("stdio-exits", status != nil, "it still runs \(run.answerLimit) later")
        run.recommend("stdio-exit-status", status == 0, "it is \(status.map(String.init) ?? "unknown")")
    }

    private static let answeredAtEnd = scenario(
        "answered-at-end", "Requests just before the end of standard input",
        checks: [Check("stdio-answered-at-end", "What was asked before the end is answered before the server exits")]
    ) { server, process, run in
        // Where nothing is ever served, the end shows nothing.
        _ = try await server.call("tools/list").result()
        let pending = try await expect(server, "tools/list", id: "just-before-the-end")
        try await process.write(line(pending.request))
        process.closeInput()
        let reply = try? await server.finish(pending.exchange)
        run.recommend("stdio-answered-at-end", reply?.response?["result"] != nil, "it is answered with \(reply?.seen ?? "nothing")")
    }

    private static let restart = Scenario<ServerSubject>(
        "stdio-restart", "A server that is killed and started again", revisions: .all, bindings: [.stdio], scoring: .additional,
        checks: [Check("stdio-restarts", "After a kill the next process serves as the first did")]
    ) { target, run in
        for attempt in 1...2 {
            try await target.converse(run) { server in
                let reply = try await server.callTool("test_simple_text")
                run.check("stdio-restarts", try !reply.result().isError, "in process \(attempt) it is answered with \(reply.seen)")
                if attempt == 1, let stdio = server.link as? StdioLink { stdio.process.kill() }
            }
        }
    }
}
