import MCPCore
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(1))) struct PromptsTests {
    private static let sound: [UInt8] = [0x52, 0x49, 0x46, 0x46, 0x00, 0xFF]
    private static let server = Server("features", version: "1", configuration: ServerConfiguration(pageSize: 1)) {
        ServerPrompt("greet", description: "Greets.") { _, _ in [.user("Hello"), .assistant("Hi")] }
        ServerPrompt(
            "review", title: "Review", arguments: [PromptArgument("language", title: "Language"), PromptArgument("diff", isRequired: true)],
            completions: ["language": .values(["swift", "Scala", "rust"] + (0..<150).map { "x\($0)" })]
        ) { arguments, _ in
            [.user("\(arguments["language"] ?? "any"): \(arguments["diff"] ?? "")")]
        }
        ServerPrompt("media") { _, _ in
            [
                .user(.image(MediaContent(base64: "AA==", mimeType: "image/png"))),
                .user(.resource(EmbeddedResource(ResourceContents(uri: "x://y", text: "y")))),
                .user(.audio(MediaContent(bytes: Self.sound, mimeType: "audio/wav"))),
            ]
        }
        ServerPrompt("asking") { _, context in
            let answer = try await context.elicit("sure", Flag.self, "Sure?")
            return [.user(answer == .accept(Flag(yes: true)) ? "sure" : "unsure")]
        }
        ServerResourceTemplate(
            "note://{user}", name: "note",
            completions: [
                "user": Completer { typed, given, _ in
                    Completion(["\(typed)-\(given["year"] ?? "none")"], total: 7)
                }
            ]
        ) { _, _ in "" }
    }

    @Test(arguments: ProtocolRevision.allCases) func listsAndGets(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.prompts == .init(listChanged: true))
            let prompts = try await client.listPrompts()
            #expect(prompts.map(\.name) == ["greet", "review", "media", "asking"])
            #expect(prompts[1].arguments.map(\.isRequired) == [false, true])
            #expect(prompts[1].title == (revision >= .v2025_06_18 ? "Review" : nil))
            let greeting = try await client.getPrompt("greet")
            #expect(greeting == GetPromptResult([.user("Hello"), .assistant("Hi")], description: "Greets.", meta: greeting.meta))
            #expect(try await client.getPrompt("review", ["diff": "+1"]).messages == [.user("any: +1")])
            #expect(try await client.getPrompt("media").messages.count == 3)
        }
    }

    @Test(arguments: bothEras) func soundIsInBase64WithItsType(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) { (client: Client) async throws -> Void in
            let raw = try await client.request("prompts/get", ["name": "media"])
            #expect(raw["messages"]?[2]?["content"] == ["type": "audio", "data": "UklGRgD/", "mimeType": "audio/wav"])
            guard case .audio(let sound)? = try await client.getPrompt("media").messages.last?.content else {
                Issue.record("no sound")
                return
            }
            #expect(Base64.decode(sound.data) == Self.sound && sound.mimeType == "audio/wav")
        }
    }

    @Test(arguments: bothEras) func whatIsWrongIsNamed(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision, sendsInvalid: true) { (client: Client) async throws -> Void in
            for (name, arguments, part) in [("none", [:], "Unknown prompt"), ("review", [:], "diff"), ("greet", ["extra": "x"], "extra")] {
                let error = await #expect(throws: JSONRPCError.self) { _ = try await client.getPrompt(name, arguments) }
                #expect(error?.code == .invalidParams)
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
            }
            let error = await #expect(throws: JSONRPCError.self) {
                _ = try await client.request("prompts/get", ["name": "review", "arguments": ["diff": 3]])
            }
            #expect(error?.code == .invalidParams)
        }
    }

    @Test(arguments: bothEras) func aPromptMayAskTheUser(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept(["yes": true]) })
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.getPrompt("asking").messages == [.user("sure")])
        }
    }

    @Test(arguments: ProtocolRevision.allCases) func completesArgumentsAndVariables(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.completions)
            #expect(try await client.complete(.prompt("review"), argument: "language", typed: "s") == Completion(["swift", "Scala"]))
            let many = try await client.complete(.prompt("review"), argument: "language", typed: "x")
            #expect(many.values.count == 100)
            #expect(many.total == 150)
            #expect(many.hasMore == true)
            #expect(try await client.complete(.prompt("review"), argument: "diff", typed: "s") == Completion([]))
            let given = try await client.complete(.resource("note://{user}"), argument: "user", typed: "m", arguments: ["year": "2024"])
            #expect(given == Completion(["m-\(revision >= .v2025_06_18 ? "2024" : "none")"], total: 7))
            for (reference, argument) in [(CompletionReference.prompt("none"), "a"), (.resource("note://{x}"), "x"), (.prompt("review"), "none")] {
                let error = await #expect(throws: JSONRPCError.self) { _ = try await client.complete(reference, argument: argument, typed: "") }
                #expect(error?.code == .invalidParams)
            }
        }
    }

    @Test(arguments: bothEras) func aPromptWhoseHandlerFailsIsAnInternalError(_ revision: ProtocolRevision) async throws {
        struct Secret: Error, CustomStringConvertible { var description: String { "password=hunter2" } }
        let told = Collected<String>()
        let server = Server("failing", version: "1", configuration: ServerConfiguration(diagnostics: { told.add($0.description) })) {
            ServerPrompt("broken") { _, _ in throw Secret() }
            ServerPrompt("told", arguments: []) { _, _ in throw JSONRPCError(.internalError, "Out of ink.") }
        }
        try await withFeatures(of: server, revision) { (client: Client) async throws -> Void in
            let broken = await #expect(throws: JSONRPCError.self) { _ = try await client.getPrompt("broken") }
            #expect(broken == JSONRPCError(.internalError, "Internal error"))
            let known = await #expect(throws: JSONRPCError.self) { _ = try await client.getPrompt("told") }
            #expect(known == JSONRPCError(.internalError, "Out of ink."))
        }
        #expect(told.all == ["prompts/get broken failed: password=hunter2"])
    }

    // MARK: Completion

    @Test(arguments: bothEras) func aServerThatCompletesNothingHasNoSuchMethod(_ revision: ProtocolRevision) async throws {
        let server = Server("silent", version: "1") { ServerPrompt("greet", arguments: [PromptArgument("name")]) { _, _ in [.user("Hello")] } }
        try await withFeatures(of: server, revision) { (client: Client) async throws -> Void in
            #expect(!client.serverCapabilities.completions)
        }
        let params: JSONObject = ["ref": ["type": "ref/prompt", "name": "greet"], "argument": ["name": "name", "value": ""]]
        #expect(try await ServedRequest("completion/complete", params, at: server, Peer(revision: revision)).error?.code == .methodNotFound)
    }

    @Test(arguments: bothEras) func aCompleterThatFailsIsAnInternalError(_ revision: ProtocolRevision) async throws {
        struct Secret: Error, CustomStringConvertible { var description: String { "password=hunter2" } }
        let server = Server("failing", version: "1") {
            ServerPrompt("greet", arguments: [PromptArgument("name")], completions: ["name": Completer { _, _, _ in throw Secret() }]) { _, _ in [] }
        }
        let params: JSONObject = ["ref": ["type": "ref/prompt", "name": "greet"], "argument": ["name": "name", "value": ""]]
        #expect(
            try await ServedRequest("completion/complete", params, at: server, Peer(revision: revision)).error == JSONRPCError(.internalError, "Internal error")
        )
    }

    /// Suggestions tell of what they complete.
    @Test(arguments: bothEras) func completionsNeedTheScopesOfWhatTheyComplete(_ revision: ProtocolRevision) async throws {
        let rules = ScopeRules(methods: ["resources/read": ["files"]], prompts: ["letter": ["mail"]])
        let server = Server("scoped", version: "1", configuration: ServerConfiguration(scopes: rules)) {
            ServerPrompt("letter", arguments: [PromptArgument("to")], completions: ["to": .values(["ada@example.com"])]) { _, _ in [] }
            ServerResourceTemplate("file:///{name}", name: "file", completions: ["name": .values(["salaries"])]) { _, _ in "" }
        }
        let letter: JSONObject = ["ref": ["type": "ref/prompt", "name": "letter"], "argument": ["name": "to", "value": ""]]
        let file: JSONObject = ["ref": ["type": "ref/resource", "uri": "file:///{name}"], "argument": ["name": "name", "value": ""]]
        for (params, scope) in [(letter, "mail"), (file, "files")] {
            func complete(_ scopes: Set<String>) async throws -> ServedRequest {
                try await ServedRequest(
                    "completion/complete", params, at: server, Peer(revision: revision, principal: Principal(id: "ada", scopes: scopes)))
            }
            #expect(try await complete([scope]).result?["completion"]?["values"]?.array?.count == 1)
            let refused = try #require(try await complete(["other"]).error)
            #expect(refused.code == .invalidRequest && refused.message.contains(scope))
        }
    }

    @Test(
        arguments: [
            ("s", ["swift", "sass", "Scala"]), ("S", ["Scala", "swift", "sass"]), ("", ["Scala", "swift", "rust", "sass"]), ("us", ["rust"]),
            ("WIF", ["swift"]),
            ("sft", ["swift"]), ("rt", ["rust"]), ("zz", []), ("tfiws", []),
        ] as [(String, [String])])
    func theBestMatchesComeFirst(_ typed: String, _ expected: [String]) {
        #expect(Completion.matching(typed, in: ["Scala", "swift", "rust", "sass"]).values == expected)
    }

    @Test(arguments: bothEras) func changesAreTold(_ revision: ProtocolRevision) async throws {
        let server = Server("features", version: "1") { ServerPrompt("greet") { _, _ in [.user("Hello")] } }
        try await withFeatures(of: server, revision) { (client: Client) async throws -> Void in
            let changes = try await client.changes(SubscriptionFilter(promptsListChanged: true))
            var iterator = changes.makeAsyncIterator()
            try server.prompts.add(ServerPrompt("new") { _, _ in [.user("New")] })
            #expect(try await iterator.next() == .promptsListChanged)
            #expect(try await client.listPrompts().map(\.name) == ["greet", "new"])
            #expect(throws: PromptDefinitionError.self) { try server.prompts.add(ServerPrompt("new") { _, _ in [] }) }
            #expect(server.prompts.remove("new"))
            #expect(try await iterator.next() == .promptsListChanged)
            #expect(!server.prompts.remove("new"))
        }
    }
}
