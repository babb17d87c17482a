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
