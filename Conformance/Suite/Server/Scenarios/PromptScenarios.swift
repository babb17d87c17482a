import MCPCore

/// Prompts and completion.
enum PromptScenarios {
    static let all = [list, simple, withArguments, embeddedResource, image, unknown, missingArgument, completion]

    private static let list = Scenario<ServerSubject>(
        "prompts-list", "The list of prompts", revisions: .all,
        checks: [Check("prompts-list", "Every prompt has a name and a description, and no name occurs twice")]
    ) { target, run in
        try await target.converse(run) { server in
            let prompts = try await server.list("prompts/list", "prompts")
            run.check("prompts-list", !prompts.isEmpty, "the list is empty")
            for prompt in prompts {
                let isComplete = prompt["name"]?.string?.isEmpty == false && prompt["description"]?.string?.isEmpty == false
                run.check("prompts-list", isComplete, "\(JSONValue.object(prompt).excerpt) lacks one")
            }
            let names = prompts.compactMap { $0["name"]?.string }
            run.check("prompts-list", Set(names).count == names.count, "a name occurs twice in \(names)")
        }
    }

    private static let simple = Scenario<ServerSubject>(
        "prompts-get-simple", "A prompt without arguments", revisions: .all,
        checks: [Check("prompts-get-simple", "test_simple_prompt has messages with role and content")]
    ) { target, run in
        try await target.converse(run) { server in
            let messages = try await messages(server, "test_simple_prompt")
            let holds =
                !messages.isEmpty
                && messages.allSatisfy { message in
                    ["user", "assistant"].contains(message["role"]) && message["content"]?["type"]?.string != nil
                }
            run.check("prompts-get-simple", holds, "the messages are \(messages.json.excerpt)")
        }
    }

    private static let withArguments = Scenario<ServerSubject>(
        "prompts-get-with-args", "A prompt with arguments", revisions: .all,
        checks: [Check("prompts-get-with-args", "The messages of test_prompt_with_arguments hold both arguments")]
    ) { target, run in
        try await target.converse(run) { server in
            let messages = try await messages(server, "test_prompt_with_arguments", ["arg1": "testValue1", "arg2": "testValue2"])
            let text = messages.compactMap { $0["content"]?["text"]?.string }.joined()
            run.check("prompts-get-with-args", text.contains("testValue1") && text.contains("testValue2"), "the text is \(text)")
        }
    }

    private static let embeddedResource = Scenario<ServerSubject>(
        "prompts-get-embedded-resource", "A prompt with a resource", revisions: .all,
        checks: [Check("prompts-get-embedded-resource", "test_prompt_with_embedded_resource has a resource with the URI that it was given")]
    ) { target, run in
        try await target.converse(run) { server in
            let uri: JSONValue = "test://example-resource"
            let messages = try await messages(server, "test_prompt_with_embedded_resource", ["resourceUri": uri])
            let resources = messages.compactMap { $0["content"] }.filter { $0["type"] == "resource" }.map { $0["resource"] }
            let holds = resources.contains { isResource($0) && $0?["uri"] == uri }
            run.check("prompts-get-embedded-resource", holds, "the messages are \(messages.json.excerpt)")
        }
    }

    private static let image = Scenario<ServerSubject>(
        "prompts-get-with-image", "A prompt with an image", revisions: .all,
        checks: [Check("prompts-get-with-image", "test_prompt_with_image has an image in Base64 with its type")]
    ) { target, run in
        try await target.converse(run) { server in
            let messages = try await messages(server, "test_prompt_with_image")
            let images = messages.compactMap { $0["content"] }.filter { $0["type"] == "image" }
            let holds = !images.isEmpty && images.allSatisfy { isMedia($0, "image") }
            run.check("prompts-get-with-image", holds, "the messages are \(messages.json.excerpt)")
        }
    }

    private static let unknown = Scenario<ServerSubject>(
        "prompts-get-unknown", "A prompt that does not exist", revisions: .all, scoring: .additional,
        checks: [Check("prompts-get-unknown", "It is answered with an error, -32602")]
    ) { target, run in
        try await target.converse(run) { server in
            // Where there are no prompts, one that is missing shows nothing.
            _ = try await messages(server, "test_simple_prompt")
            let reply = try await server.call("prompts/get", ["name": "no_such_prompt_for_conformance"])
            run.check("prompts-get-unknown", reply.error != nil, "it is answered with \(reply.seen)")
            run.recommend("prompts-get-unknown", reply.errorCode == -32602, "it is answered with \(reply.seen)")
        }
    }

    private static let missingArgument = Scenario<ServerSubject>(
        "prompts-get-missing-argument", "A prompt without an argument that it requires", revisions: .all, scoring: .additional,
        checks: [Check("prompts-get-missing-argument", "It is answered with an error, -32602")]
    ) { target, run in
        try await target.converse(run) { server in
            let prompts = try await server.list("prompts/list", "prompts")
            let arguments = prompts.first { $0["name"] == "test_prompt_with_arguments" }?.objects("arguments") ?? []
            guard arguments.contains(where: { $0["name"] == "arg2" && $0["required"] == true }) else {
                throw run.notApplicable("test_prompt_with_arguments does not require arg2")
            }
            let reply = try await server.call("prompts/get", ["name": "test_prompt_with_arguments", "arguments": ["arg1": "one"]])
            run.check("prompts-get-missing-argument", reply.error != nil, "it is answered with \(reply.seen)")
            run.recommend("prompts-get-missing-argument", reply.errorCode == -32602, "it is answered with \(reply.seen)")
        }
    }

    private static let completion = Scenario<ServerSubject>(
        "completion-complete", "Completion of an argument", revisions: .all,
        checks: [
            Check("completion-complete", "arg1 of test_prompt_with_arguments is completed with at most 100 values"),
            Check("completion-declared", "A server that completes declares it (since 2025-03-26)"),
        ]
    ) { target, run in
        try await target.converse(run) { server in
            let capabilities = try await server.serverCapabilities()
            let isDeclared = run.revision < .v2025_03_26 || capabilities["completions"] != nil
            run.check("completion-declared", isDeclared, "capabilities.completions is missing")
            let params: JSONObject = [
                "ref": ["type": "ref/prompt", "name": "test_prompt_with_arguments"], "argument": ["name": "arg1", "value": "test"],
            ]
            let result = try await server.call("completion/complete", params).result()
            let values = result["completion"]?["values"]?.array
            let holds = values.map { $0.count <= 100 && $0.allSatisfy { $0.string != nil } } ?? false
            run.check("completion-complete", holds, "the result is \(JSONValue.object(result).excerpt)")
        }
    }

    private static func messages(_ server: Conversation, _ name: String, _ arguments: JSONObject? = nil) async throws -> [JSONObject] {
        var params: JSONObject = ["name": .string(name)]
        params["arguments"] = arguments.map(JSONValue.object)
        return try await server.call("prompts/get", params).result().objects("messages")
    }
}

extension Conversation {
    /// What the server has declared, in either era.
    func serverCapabilities() async throws -> JSONObject {
        let result = revision.era == .handshake ? initializeResult : try await call("server/discover").result()
        return result["capabilities"]?.object ?? [:]
    }
}
