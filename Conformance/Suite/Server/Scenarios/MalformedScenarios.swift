import MCPCore

/// Messages that are wrong, and what must survive them.
enum MalformedScenarios {
    static let all = [json, envelopes, params, unknown, ids, unicode, large, cursor]

    /// Sends bytes that hold no message that can be answered to its sender by id.
    /// - Returns: What comes back; `nil` where the server passes over it.
    private static func garbage(
        _ bytes: [UInt8], id: JSONValue? = nil, method: String = "tools/list", _ server: Conversation
    ) async throws -> (response: JSONValue?, status: Int?) {
        if let http = server.link as? HTTPLink {
            let context = server.linkContext
            var headers = HTTPLink.headers(for: ["method": "tools/list"], context)
            if context.revision.era == .handshake { headers = HTTPLink.headers(for: [:], context) }
            let exchange = try await http.post(bytes, headers, method: id.map { _ in method }, id: id)
            return (try await exchange.next(), exchange.head?.status)
        }
        guard let stdio = server.link as? StdioLink else { return (nil, nil) }
        let exchange = try stdio.expect(["id": id ?? .null, "method": .string(method)], isMalformed: true)
        defer { exchange.close() }
        try await stdio.process.write(bytes + [UInt8(ascii: "\n")])
        // A server may pass over it; one that answers is waited for also where the machine stalls, lest its answer is taken for that of the next request.
        return (try? await exchange.next(within: .seconds(2)), nil)
    }

    private static func goesOn(_ check: String, _ server: Conversation, _ run: ScenarioRun, after what: String) async throws {
        let list = try await server.call("tools/list")
        run.check(check, list.response?["result"] != nil, "after \(what) tools/list is answered with \(list.seen)")
    }

    private static let json = Scenario<ServerSubject>(
        "malformed-json", "Bytes that are no JSON", revisions: .all, scoring: .additional,
        checks: [
            Check("malformed-json-refused", "They are answered with -32700, if with anything; over HTTP with 4xx"),
            Check("malformed-json-survived", "The server goes on"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            for text in ["{", #"{"jsonrpc":"2.0","id":1,"#, "not json", #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}}"#] {
                let (response, status) = try await garbage(Array(text.utf8), server)
                if let status { run.check("malformed-json-refused", (400..<500).contains(status), "\(text) is answered with the status \(status)") }
                run.check(
                    "malformed-json-refused", response.map { $0["error"]?["code"] == -32700 } ?? true, "\(text) is answered with \(response?.excerpt ?? "")")
                try await goesOn("malformed-json-survived", server, run, after: text)
            }
        }
    }

    private static let envelopes = Scenario<ServerSubject>(
        "malformed-envelope", "JSON that is no JSON-RPC message", revisions: .all, scoring: .additional,
        checks: [
            Check("malformed-envelope-refused", "It is answered with -32600 or another error, if with anything; over HTTP with 4xx"),
            Check("malformed-envelope-survived", "The server goes on"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            for message in [
                "tools/list", 5, [:], ["jsonrpc": "1.0", "id": 900, "method": "tools/list"], ["id": 901, "method": "tools/list"],
                ["jsonrpc": "2.0", "id": 902, "method": 7], ["jsonrpc": "2.0", "id": nil, "method": "tools/list"],
                ["jsonrpc": "2.0", "id": [903], "method": "tools/list"], ["jsonrpc": "2.0", "id": 904, "method": "tools/list", "params": [1]],
            ] as [JSONValue] {
                let (response, status) = try await garbage(message.serialized(), id: message["id"], server)
                if let status {
                    run.check("malformed-envelope-refused", (400..<500).contains(status), "\(message.excerpt) is answered with the status \(status)")
                }
                run.check(
                    "malformed-envelope-refused", response.map { $0["error"] != nil } ?? true, "\(message.excerpt) is answered with \(response?.excerpt ?? "")")
                try await goesOn("malformed-envelope-survived", server, run, after: message.excerpt)
            }
        }
    }

    private static let params = Scenario<ServerSubject>(
        "malformed-params", "Parameters that do not fit their method", revisions: .all, scoring: .additional,
        checks: [Check("malformed-params-refused", "They are refused with an error, -32602")]
    ) { target, run in
        try await target.converse(run) { server in
            _ = try await server.callTool("test_simple_text", [:]).result()
            for (method, params) in [
                ("tools/call", [:]), ("tools/call", ["name": 5]), ("tools/call", ["name": "test_simple_text", "arguments": "none"]),
                ("resources/read", [:]), ("resources/read", ["uri": 5]), ("prompts/get", [:]), ("prompts/get", ["name": nil]),
                ("completion/complete", ["argument": ["name": "arg1", "value": "a"]]), ("tools/list", ["cursor": 5]),
            ] as [(String, JSONObject)] {
                let reply = try await server.call(method, params)
                let sent = "\(method) \(params.serializedString)"
                run.check("malformed-params-refused", reply.error != nil, "\(sent) is answered with \(reply.seen)")
                // Over HTTP, what is missing may be missed in the headers first.
                let codes: Set<Int64> = run.binding == .http ? [-32602, -32020] : [-32602]
                run.recommend("malformed-params-refused", reply.errorCode.map(codes.contains) ?? false, "\(sent) is answered with \(reply.seen)")
            }
        }
    }

    private static let unknown = Scenario<ServerSubject>(
        "unknown-methods", "Methods, notifications and members that nobody knows", revisions: .all, scoring: .additional,
        checks: [
            Check("unknown-method-not-found", "A method that does not exist is answered with -32601"),
            Check("unknown-notification-ignored", "A notification that does not exist is passed over"),
            Check("unknown-members-ignored", "Members that nobody knows are passed over"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            for method in ["no/such/method", "tools/List", "rpc.discover"] {
                let reply = try await server.call(method, [:])
                run.check("unknown-method-not-found", reply.errorCode == -32601, "\(method) is answered with \(reply.seen)")
            }
            if run.binding == .stdio || run.revision.era == .handshake {
                try await server.notify("notifications/no_such_notification", ["anything": [1, 2, 3]])
            }
            try await goesOn("unknown-notification-ignored", server, run, after: "an unknown notification")
            let reply = try await server.call(
                "tools/call", ["name": "test_simple_text", "arguments": [:], "com.example/unknown": ["a": 1]], meta: ["com.example/trace": "abc"])
            run.check("unknown-members-ignored", reply.response?["result"] != nil, "it is answered with \(reply.seen)")
        }
    }

    private static let ids = Scenario<ServerSubject>(
        "request-ids", "Ids of all kinds", revisions: .all, scoring: .additional,
        checks: [Check("request-id-echoed", "A response has the id of its request: the same type, the same value")]
    ) { target, run in
        try await target.converse(run) { server in
            for id in ["a string", "", "7", "日本語 \u{1F600}", 0, -5, 9_007_199_254_740_991] as [JSONValue] {
                let request = server.request("tools/list", id: id)
                let reply = try await server.finish(server.open(request))
                // The id of a refusal shows nothing: whoever passes over all requests can copy it.
                let isServed = try reply.result()["tools"]?.array != nil
                run.check("request-id-echoed", isServed && reply.response?["id"] == id, "\(id.excerpt) is answered with \(reply.seen)")
            }
        }
    }

    private static let unicode = Scenario<ServerSubject>(
        "unicode", "Text of all kinds", revisions: .all, scoring: .additional,
        checks: [
            Check("unicode-round-trip", "Text comes back as it was sent: line feeds, U+2028, control characters, all planes"),
            Check("unicode-invalid-refused", "Bytes that are no UTF-8 are refused, if they are answered"),
            Check("unicode-invalid-survived", "After them the server goes on"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let text = "line one\nline two\r\n\t\u{2028}\u{2029}\u{85}\u{1}\"\\/ é e\u{301} 日本語 \u{1F468}\u{200D}\u{1F469} \u{10FFFF}"
            let result = try await server.call(
                "prompts/get", ["name": "test_prompt_with_arguments", "arguments": ["arg1": .string(text), "arg2": "two"]]
            ).result()
            let back = result.objects("messages").compactMap { $0["content"]?["text"]?.string }.joined()
            // By bytes: Swift takes é and e with an accent for the same.
            run.check("unicode-round-trip", back.utf8Contains(text), "it came back as \(JSONValue.string(back).excerpt)")
            var bytes = Array(#"{"jsonrpc":"2.0","id":910,"method":"ping","params":{"_meta":{"x":""#.utf8)
            bytes += [0xff, 0xfe, 0xc0]
            bytes += Array(#""}}}"#.utf8)
            let (response, _) = try await garbage(bytes, id: 910, method: "ping", server)
            // The text binds the sender; a receiver that mends them is lenient.
            run.recommend("unicode-invalid-refused", response?["result"] == nil, "they are answered with \(response?.excerpt ?? "")")
            try await goesOn("unicode-invalid-survived", server, run, after: "bytes that are no UTF-8")
        }
    }

    private static let large = Scenario<ServerSubject>(
        "large-messages", "Messages that are long or deep", revisions: .all, scoring: .additional,
        checks: [
            Check("large-message-served", "An argument of 256 KiB comes back whole"),
            Check("deep-message-survived", "100,000 nested arrays are refused, and the server goes on"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let text = String(repeating: "0123456789abcdef", count: 16 << 10)
            let result = try await server.call(
                "prompts/get", ["name": "test_prompt_with_arguments", "arguments": ["arg1": .string(text), "arg2": "two"]]
            ).result()
            let back = result.objects("messages").compactMap { $0["content"]?["text"]?.string }.joined()
            run.check("large-message-served", back.utf8Contains(text), "\(back.utf8.count) bytes came back")
            let depth = 100_000
            let bytes =
                Array(#"{"jsonrpc":"2.0","id":920,"method":"tools/list","params":{"x":"#.utf8) + Array(repeating: UInt8(ascii: "["), count: depth)
                + Array(repeating: UInt8(ascii: "]"), count: depth) + Array("}}".utf8)
            let (response, _) = try await garbage(bytes, id: 920, server)
            run.check("deep-message-survived", response?["result"] == nil, "it is answered with \(response?.excerpt ?? "")")
            try await goesOn("deep-message-survived", server, run, after: "a deep message")
        }
    }

    private static let cursor = Scenario<ServerSubject>(
        "pagination-invalid-cursor", "A cursor that the server has not given", revisions: .all, scoring: .additional,
        checks: [Check("pagination-invalid-cursor", "It is refused with an error, -32602")]
    ) { target, run in
        try await target.converse(run) { server in
            let lists = [
                ("tools/list", "tools"), ("resources/list", "resources"), ("resources/templates/list", "resourceTemplates"), ("prompts/list", "prompts"),
            ]
            var isSeen = false
            for (method, member) in lists {
                // A list that is not there, or is empty, need not look at cursors.
                let list = try await server.call(method)
                if list.errorCode == -32601 { continue }
                if try list.result()[member]?.array?.isEmpty == true { continue }
                isSeen = true
                let reply = try await server.call(method, ["cursor": "no-such-cursor-for-conformance"])
                run.recommend("pagination-invalid-cursor", reply.errorCode == -32602, "\(method) is answered with \(reply.seen)")
            }
            if !isSeen { throw run.notApplicable("The server lists nothing") }
        }
    }
}

extension String {
    func utf8Contains(_ other: String) -> Bool {
        let (haystack, needle) = (Array(utf8), Array(other.utf8))
        guard haystack.count >= needle.count, let first = needle.first else { return needle.isEmpty }
        return haystack.indices.dropLast(needle.count - 1).contains { index in
            haystack[index] == first && haystack[index..<(index + needle.count)].elementsEqual(needle)
        }
    }
}
