import MCPCore

/// What only a client on stdio can get wrong ("stdio").
enum ClientStdioScenarios {
    static let all = [framing, garbage, pieces, shutdown, exit]

    private static let lines = Walkthrough(calls: [.init(name: "echo", arguments: ["text": "two\nlines, \u{2028} and a tab\t"]), .init(name: "echo")])

    static let framing = Scenario<ClientSubject>.client(
        "client-stdio-framing", "One message a line, in UTF-8, nothing else; newlines inside strings are escaped.", bindings: [.stdio],
        context: lines.context,
        checks: [
            Check("client-stdio-lines", "Every line is a message."),
            Check("client-stdio-text", "A text with newlines arrives unchanged."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: lines.tools, call: { call, server in server.text(call.arguments["text"]?.string ?? "", to: call.message) })
        },
        conclude: { run in
            guard run.report != nil else { return }
            run.check("client-stdio-lines", run.unreadable.isEmpty, "lines that are no message: \(run.unreadable.prefix(3))")
            run.checkReport("client-stdio-text", 0, ["text": "two\nlines, \u{2028} and a tab\t"], "a text with newlines, there and back")
        })

    private static let noisy = Walkthrough(calls: [.init(name: "noisy"), .init(name: "noisy")])

    static let garbage = Scenario<ClientSubject>.client(
        "client-stdio-garbage", "The server writes lines that are no messages; the client passes over them.", bindings: [.stdio],
        context: noisy.context,
        checks: [
            Check("client-stdio-garbage", "Lines that are no messages are passed over."),
            Check("client-stdio-garbage-again", "And that does no lasting harm."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: noisy.tools,
                call: { call, server in
                    .events { sink in
                        for line in ["", "   ", "Listening on stdio", "{\"jsonrpc\":", "[]", "null", #"{"hello":"world"}"#] {
                            try await sink.write(line + "\n")
                        }
                        try await sink.write([0xFF, 0xFE, 0x0A])
                        try await sink.send(server.textResponse("Through the noise.", to: call.message))
                    }
                })
        },
        conclude: { run in
            run.checkReport("client-stdio-garbage", 0, ["text": "Through the noise."], "the call between garbage")
            run.checkReport("client-stdio-garbage-again", 1, ["text": "Through the noise."], "the same once more")
        })

    private static let cut = Walkthrough(calls: [.init(name: "pieces"), .init(name: "together"), .init(name: "carriage_return")])

    static let pieces = Scenario<ClientSubject>.client(
        "client-stdio-pieces", "Messages come in pieces that cut characters, several in one write, and with CRLF.", bindings: [.stdio],
        context: cut.context, checks: cut.calls.map { Check("client-stdio-\($0.name)", "The message is read.") },
        script: { run in
            StandardServer(
                run: run, tools: cut.tools,
                call: { call, server in
                    let response = server.textResponse("Größe 世界 🙂", to: call.message)
                    return .events { sink in
                        run.sent(response)
                        let line = response.serialized()
                        switch call.name {
                        case "pieces": for byte in line + [0x0A] { try await sink.write([byte]) }
                        case "together":
                            let notice = (["jsonrpc": "2.0", "method": "notifications/x"] as JSONObject).serialized() + [0x0A]
                            try await sink.write(notice + notice + line + [0x0A] + notice)
                        default: try await sink.write(line + [0x0D, 0x0A])
                        }
                    }
                })
        },
        conclude: { run in
            for (index, call) in cut.calls.enumerated() {
                run.checkReport("client-stdio-\(call.name)", index, ["text": "Größe 世界 🙂"], call.name)
            }
        })

    private static let single = Walkthrough(calls: [.init(name: "hello")])

    static let shutdown = Scenario<ClientSubject>.client(
        "client-stdio-shutdown", "When it is done the client closes the input of the server, and waits for the end of the server.",
        bindings: [.stdio], context: single.context,
        checks: [
            Check("client-stdio-closes-input", "The client closes the input of the server, and leaves it time to end."),
            Check("client-stdio-waits-for-end", "The client should wait for the end of the server."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: single.tools,
                ending: { sink in
                    // Long enough to see whether the client kills a server that needs a moment.
                    try? await Task.sleep(for: .milliseconds(200))
                    do {
                        // Only the second write after the end of a process fails.
                        for _ in 1...2 {
                            try await sink.send(["jsonrpc": "2.0", "method": "notifications/x-goodbye"])
                            try await Task.sleep(for: .milliseconds(20))
                        }
                        run.mark("server was left alive")
                    } catch {}
                }, call: { call, server in server.text("Hello.", to: call.message) })
        },
        conclude: { run in
            guard run.report != nil, run.hasMark("server gone") else { return }
            run.check(
                "client-stdio-closes-input", run.hasMark("server was left alive"),
                "the client killed the server, instead of closing its input and leaving it time to end")
            run.recommend(
                "client-stdio-waits-for-end", run.time(from: "server gone", to: "client ended").map { $0 > .zero } ?? false,
                "the client ended before the server that it had launched")
        })

    static let exit = Scenario<ClientSubject>.client(
        "client-stdio-server-exit", "The server exits while it works on a call; the client notices and ends, with the call as a failure.",
        bindings: [.stdio], toleratesClientError: true, context: single.context,
        checks: [
            Check("client-stdio-exit-noticed", "A call whose server has gone has no result.")
        ],
        script: { run in StandardServer(run: run, tools: single.tools, call: { _, _ in .exit }) },
        conclude: { run in
            let calls = run.calls(of: "hello")
            guard !calls.isEmpty else { return }
            // That the client has ended in time is the runner's check; a report is possible only to a server that was started again.
            let reported = run.report?.first ?? ["failed": true]
            run.check(
                "client-stdio-exit-noticed", reported["text"] == nil,
                "a call whose server has gone has no result, and was reported as \(reported.serializedString)")
        })
}
