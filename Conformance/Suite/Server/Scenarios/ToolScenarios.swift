import MCPCore

/// Tools: the list, and each kind of result.
enum ToolScenarios {
    static let all = [list, simpleText, image, audio, embeddedResource, mixedContent, error, logging, progress, unknownTool, invalidArguments]

    private static let list = Scenario<ServerSubject>(
        "tools-list", "The list of tools", revisions: .all,
        checks: [
            Check("tools-list", "Every tool has a name, a description and an input schema of the type object"),
            Check("tools-name-format", "Names are unique, and since 2025-11-25 have 1 to 128 characters out of A-Z a-z 0-9 _ - ."),
            Check("tools-list-order", "The order of the list is the same each time"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let tools = try await server.list("tools/list", "tools")
            run.check("tools-list", !tools.isEmpty, "the list is empty")
            for tool in tools {
                let name = tool["name"]?.string ?? ""
                run.check("tools-list", tool["description"]?.string?.isEmpty == false, "\(name) has no description")
                run.check("tools-list", tool["inputSchema"]?["type"] == "object", "the inputSchema of \(name) is not of the type object")
                if run.revision >= .v2025_11_25 { checkForm(ofName: name, run) }
            }
            let names = tools.compactMap { $0["name"]?.string }
            run.check("tools-name-format", Set(names).count == names.count, "a name occurs twice in \(names)")
            let again = try await server.list("tools/list", "tools").compactMap { $0["name"]?.string }
            run.recommend("tools-list-order", again == names, "first \(names), then \(again)")
        }
    }

    /// The specification recommends 1 to 128 characters without a slash (server/tools, "Tool Names"); the official suite fails names of more than 64 and takes a
    /// slash. What only one of them objects to is a warning, and says whose it is.
    private static func checkForm(ofName name: String, _ run: ScenarioRun) {
        let length = name.unicodeScalars.count
        let isSpelt = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        run.check("tools-name-format", isSpelt && (1...128).contains(length), "'\(name)' is no such name")
        run.recommend("tools-name-format", length <= 64, "'\(name)' has \(length) characters: the specification allows 128, the official suite 64")
        run.recommend("tools-name-format", !name.utf8.contains(UInt8(ascii: "/")), "'\(name)' has a slash, which the specification does not list")
    }

    private static let simpleText = Scenario<ServerSubject>(
        "tools-call-simple-text", "A tool that returns a text", revisions: .all,
        checks: [Check("tools-call-simple-text", "test_simple_text, called without arguments, returns a text and is no error")]
    ) { target, run in
        try await target.converse(run) { server in
            let result = try await server.callTool("test_simple_text").result()
            run.check("tools-call-simple-text", !result.text.isEmpty && !result.isError, "the result is \(result.serializedString)")
        }
    }

    private static let image = Scenario<ServerSubject>(
        "tools-call-image", "A tool that returns an image", revisions: .all,
        checks: [Check("tools-call-image", "test_image_content returns an image in Base64 with its type")]
    ) { target, run in
        try await target.converse(run) { server in
            let result = try await server.callTool("test_image_content", [:]).result()
            let images = result.content("image")
            let holds = !result.isError && !images.isEmpty && images.allSatisfy { isMedia($0, "image") }
            run.check("tools-call-image", holds, "the result is \(JSONValue.object(result).excerpt)")
        }
    }

    private static let audio = Scenario<ServerSubject>(
        "tools-call-audio", "A tool that returns a sound", revisions: .since(.v2025_03_26),
        checks: [Check("tools-call-audio", "test_audio_content returns a sound in Base64 with its type")]
    ) { target, run in
        try await target.converse(run) { server in
            let result = try await server.callTool("test_audio_content", [:]).result()
            let sounds = result.content("audio")
            let holds = !result.isError && !sounds.isEmpty && sounds.allSatisfy { isMedia($0, "audio") }
            run.check("tools-call-audio", holds, "the result is \(JSONValue.object(result).excerpt)")
        }
    }

    private static let embeddedResource = Scenario<ServerSubject>(
        "tools-call-embedded-resource", "A tool that returns a resource", revisions: .all,
        checks: [Check("tools-call-embedded-resource", "test_embedded_resource returns a resource with its URI and its text or blob")]
    ) { target, run in
        try await target.converse(run) { server in
            let result = try await server.callTool("test_embedded_resource", [:]).result()
            let resources = result.content("resource")
            let holds = !result.isError && !resources.isEmpty && resources.allSatisfy { isResource($0["resource"]) }
            run.check("tools-call-embedded-resource", holds, "the result is \(JSONValue.object(result).excerpt)")
        }
    }

    private static let mixedContent = Scenario<ServerSubject>(
        "tools-call-mixed-content", "A tool that returns several kinds of content", revisions: .all,
        checks: [Check("tools-call-mixed-content", "test_multiple_content_types returns a text, an image and a resource")]
    ) { target, run in
        try await target.converse(run) { server in
            let result = try await server.callTool("test_multiple_content_types", [:]).result()
            run.check("tools-call-mixed-content", !result.isError && !result.text.isEmpty, "there is no text")
            run.check("tools-call-mixed-content", result.content("image").contains { isMedia($0, "image") }, "there is no image")
            run.check("tools-call-mixed-content", result.content("resource").contains { isResource($0["resource"]) }, "there is no resource")
        }
    }

    private static let error = Scenario<ServerSubject>(
        "tools-call-error", "A tool that fails", revisions: .all,
        checks: [Check("tools-call-error", "test_error_handling returns a result with isError and a text, not a JSON-RPC error")]
    ) { target, run in
        try await target.converse(run) { server in
            let reply = try await server.callTool("test_error_handling", [:])
            let result = reply.response?["result"]?.object ?? [:]
            run.check("tools-call-error", result.isError && !result.text.isEmpty, "it is answered with \(reply.seen)")
        }
    }

    private static let logging = Scenario<ServerSubject>(
        "tools-call-with-logging", "A tool that logs while it runs", revisions: .handshake,
        checks: [Check("tools-call-with-logging", "With the level debug, test_tool_with_logging sends three log messages before its result")]
    ) { target, run in
        try await target.converse(run) { server in
            _ = try await server.call("logging/setLevel", ["level": "debug"]).result()
            let reply = try await server.callTool("test_tool_with_logging", [:])
            run.check("tools-call-with-logging", try !reply.result().isError, "it is answered with \(reply.seen)")
            let logged = reply.notifications("notifications/message").count
            run.check("tools-call-with-logging", logged >= 3, "\(logged) log messages came before the result")
        }
    }

    private static let progress = Scenario<ServerSubject>(
        "tools-call-with-progress", "A tool that reports progress", revisions: .all,
        checks: [
            Check("tools-call-with-progress", "test_tool_with_progress reports at least three times, with the token of the request"),
            Check("tools-call-progress-increases", "Progress increases with each notification"),
            Check("tools-call-progress-unasked", "Without a token there is no progress"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            for token in ["progress-test-1", 7] as [JSONValue] {
                let reply = try await server.callTool("test_tool_with_progress", [:], meta: [MetaKey.progressToken: token])
                run.check("tools-call-with-progress", try !reply.result().isError, "it is answered with \(reply.seen)")
                let updates = reply.notifications("notifications/progress")
                run.check("tools-call-with-progress", updates.count >= 3, "\(updates.count) notifications came before the result")
                run.check(
                    "tools-call-with-progress", updates.allSatisfy { $0["progressToken"] == token }, "the tokens are not \(token.excerpt)")
                let values = updates.compactMap { $0["progress"]?.double }
                run.check("tools-call-progress-increases", zip(values, values.dropFirst()).allSatisfy(<), "progress is \(values)")
            }
            let unasked = try await server.callTool("test_tool_with_progress", [:]).notifications("notifications/progress")
            run.check("tools-call-progress-unasked", unasked.isEmpty, "\(unasked.count) notifications came")
        }
    }

    private static let unknownTool = Scenario<ServerSubject>(
        "tools-call-unknown", "A tool that does not exist", revisions: .all, scoring: .additional,
        checks: [Check("tools-call-unknown", "A call of a tool that does not exist is a JSON-RPC error, -32602")]
    ) { target, run in
        try await target.converse(run) { server in
            // Where every call is an error, this one shows nothing.
            _ = try await server.callTool("test_simple_text", [:]).result()
            let reply = try await server.callTool("no_such_tool_for_conformance", [:])
            run.check("tools-call-unknown", reply.error != nil, "it is answered with \(reply.seen)")
            run.recommend("tools-call-unknown", reply.errorCode == -32602, "the code is \(reply.errorCode.map(String.init) ?? "missing")")
        }
    }

    private static let invalidArguments = Scenario<ServerSubject>(
        "tools-call-invalid-arguments", "Arguments that do not fit the schema", revisions: .all, scoring: .additional,
        checks: [Check("tools-call-invalid-arguments", "Arguments of the wrong type are refused: an error, or a result with isError")]
    ) { target, run in
        try await target.converse(run) { server in
            try await server.requireTools("add_numbers")
            for arguments in [["a": "five", "b": 3], ["b": 3], ["a": 5, "b": nil]] as [JSONObject] {
                let reply = try await server.callTool("add_numbers", arguments)
                let isRefused = reply.errorCode == -32602 || reply.response?["result"]?["isError"]?.bool == true
                run.check("tools-call-invalid-arguments", isRefused, "\(arguments.serializedString) is answered with \(reply.seen)")
            }
        }
    }
}

extension Conversation {
    /// The entries of these tools in the list.
    /// - Throws: A reason to leave the scenario out, where the server lacks a tool that the official suite does not ask for.
    @discardableResult func requireTools(_ names: String...) async throws -> [JSONObject] {
        let listed = try await list("tools/list", "tools")
        return try names.map { name in
            guard let tool = listed.first(where: { $0["name"]?.string == name }) else { throw run.notApplicable("The server has no tool \(name)") }
            return tool
        }
    }

    /// The entries of a list, page by page.
    func list(_ method: String, _ member: String) async throws -> [JSONObject] {
        var entries: [JSONObject] = []
        var cursor: JSONValue?
        // A server whose pages never end is stopped by the limit of the scenario.
        repeat {
            let result = try await call(method, cursor.map { ["cursor": $0] }).result()
            guard result[member]?.array != nil else { throw Reply.Unusable(description: "the result of \(method) has no \(member)") }
            entries += result.objects(member)
            cursor = result["nextCursor"]
        } while cursor != nil
        return entries
    }
}
