import Foundation
import MCPTransport
import Testing

@testable import Orchestrator

/// The host over real processes and a real server on a port.
@Suite(.timeLimit(.minutes(2))) struct MCPHostTests {
    @Test func toolsOfAllServersAreFoundInTheOrderOfTheConfiguration() async throws {
        try await ServerPrograms.servingHTTP { url in
            let far = ServerEntry(name: "far", place: .http(url: url, headers: ["X-Test": "1"]), isTrusted: true)
            try await MCPHost.running([far, ServerPrograms.fixture("near")]) { host in
                #expect(await host.health().map(\.name) == ["far", "near"])
                let health = try #require(await host.health { $0.allSatisfy { $0.state == .ready } })
                #expect(health.map(\.name) == ["far", "near"] && health.map(\.title) == ["Conformance fixtures", nil])
                #expect(health.allSatisfy { $0.failure == nil })
                let tools = await host.tools()
                #expect(tools.map(\.id.tool) == health.flatMap(\.tools))
                #expect(tools.drop { $0.id.server == "far" }.allSatisfy { $0.id.server == "near" })
                let echo = try #require(tools.first { $0.id == ToolNameTable.Tool(server: "far", tool: "echo") })
                #expect(echo.hints.isReadOnly && echo.isServerTrusted && echo.description == "Returns what it is given.")
                #expect(echo.inputSchema["properties"]?["message"]?["type"] == "string")
                let other = try #require(tools.first { $0.id == ToolNameTable.Tool(server: "near", tool: "echo") })
                // What a server does not say of a tool counts as the worst.
                #expect(other.hints == HostedTool.Hints(isReadOnly: false, isDestructive: true, isIdempotent: false) && !other.isServerTrusted)
                #expect(try await host.text("far", "echo", ["message": "über HTTP"]) == "über HTTP")
                #expect(try await host.text("near", "echo", ["text": "über stdio"]) == "über stdio")
            }
        }
    }

    @Test func aServerThatCannotBeStartedIsSaidAndTheOthersWork() async throws {
        let missing = ServerEntry(
            name: "gone", place: .process(command: "/no/such/program", arguments: ["s3cret"], environment: ["KEY": "s3cret"], workingDirectory: nil),
            isTrusted: false)
        let unreachable = ServerEntry(
            name: "closed", place: .http(url: "http://127.0.0.1:1/mcp", headers: ["Authorization": "Bearer s3cret"]), isTrusted: false)
        try await MCPHost.running([missing, unreachable, ServerPrograms.fixture("near")]) { host in
            let health = try #require(await host.health { $0.map(\.state) == [.down, .down, .ready] })
            let failures = health.map(\.failure)
            #expect(failures[0]?.what == "The server “gone” is not connected." && failures[0]?.why.contains("/no/such/program") == true)
            #expect(failures[0]?.whatNow.contains("/no/such/program") == true && failures[0]?.isRetryable == true)
            #expect(failures[1]?.whatNow.contains("http://127.0.0.1:1/mcp") == true && failures[1]?.why.isEmpty == false && failures[2] == nil)
            for failure in failures { #expect(!"\(String(describing: failure))".contains("s3cret")) }
            #expect(Set(await host.tools().map(\.id.server)) == ["near"])
            #expect(try await host.text("near", "echo", ["text": "still here"]) == "still here")
            await #expect {
                try await host.text("gone", "echo")
            } throws: { error in
                guard case ToolCallFailure.serverDown("gone", let why) = error else { return false }
                return why.contains("/no/such/program") && "\(error)".contains("“gone” is not connected")
            }
        }
    }

    @Test func toolsAndServersThatThereAreNotAreNamed() async throws {
        try await MCPHost.running([ServerPrograms.fixture("near")]) { host in
            await host.allReady()
            await #expect(throws: ToolCallFailure.unknownTool("near.no_such")) { try await host.text("near", "no_such") }
            await #expect(throws: ToolCallFailure.unknownTool("far.echo")) { try await host.text("far", "echo") }
        }
    }

    @Test func aToolsErrorIsAResultAndWrongArgumentsAreTold() async throws {
        try await MCPHost.running([ServerPrograms.fixture("near")]) { host in
            await host.allReady()
            let failed = try await host.call(ToolNameTable.Tool(server: "near", tool: "fail"), arguments: ["text": "no luck"], observer: CallRecorder())
            #expect(failed.isError && failed.content.first?["text"] == "no luck")
            let measured = try await host.call(ToolNameTable.Tool(server: "near", tool: "measure"), arguments: ["text": "four"], observer: CallRecorder())
            #expect(!measured.isError && measured.structuredContent == ["length": 4])
            let wrong = try await host.call(ToolNameTable.Tool(server: "near", tool: "echo"), arguments: ["text": 1], observer: CallRecorder())
            #expect(wrong.isError && "\(wrong.content)".contains("text"))
        }
    }

    @Test func progressReachesTheObserverInOrder() async throws {
        try await MCPHost.running([ServerPrograms.fixture("near")]) { host in
            await host.allReady()
            let recorder = CallRecorder()
            let text = try await host.text("near", "count", ["character": "part", "count": 3], observer: recorder)
            #expect(text == "counted")
            #expect(recorder.progress == [1, 2, 3].map { ToolProgress(completed: $0, total: 3, message: "part") })
            #expect(recorder.questions.isEmpty)
        }
    }

    @Test func questionsReachTheObserverAndItsAnswersTheServer() async throws {
        try await ServerPrograms.servingHTTP { url in
            let far = ServerEntry(name: "far", place: .http(url: url, headers: [:]), isTrusted: true)
            try await MCPHost.running([ServerPrograms.fixture("near"), far]) { host in
                await host.allReady()
                let recorder = CallRecorder(answer: { .accept(content: ["text": .string($0.message.hasPrefix("First") ? "one" : "two")]) })
                #expect(try await host.text("near", "ask_twice", ["text": "it"], observer: recorder) == "one 1 two")
                #expect(recorder.questions.map(\.message) == ["First of it?", "Second after 1?"])
                #expect(recorder.questions.allSatisfy { $0.server == "near" })
                guard case .form(let schema) = recorder.questions[0].mode else { throw RawSocketError(description: "no form") }
                #expect(schema["properties"]?["text"]?["type"] == "string")
                for (answer, outcome): (ElicitationAnswer, String) in [
                    (.accept(content: ["name": "Ada"]), "User response: Ada"), (.decline, "The user declined."), (.cancel, "The user cancelled."),
                ] {
                    let recorder = CallRecorder(answer: { _ in answer })
                    #expect(try await host.text("far", "test_elicitation", ["message": "Who?"], observer: recorder) == outcome)
                    #expect(recorder.questions.map(\.message) == ["Who?"] && recorder.questions.map(\.server) == ["far"])
                }
            }
        }
    }

    /// Two calls of one server at the same time: each question goes to the observer of its own call.
    @Test func questionsOfConcurrentCallsAreNotMixedUp() async throws {
        try await MCPHost.running([ServerPrograms.fixture("near")]) { host in
            await host.allReady()
            try await withThrowingTaskGroup(of: (String, String).self) { group in
                for name in ["a", "b", "c", "d"] {
                    group.addTask {
                        let recorder = CallRecorder(answer: { _ in .accept(content: ["text": .string(name)]) })
                        return (name, try await host.text("near", "ask_batch", observer: recorder))
                    }
                }
                for try await (name, text) in group { #expect(text == "\(name) \(name)") }
            }
        }
    }

    @Test func cancellingReachesTheServer() async throws {
        try await MCPHost.running([ServerPrograms.fixture("near")]) { host in
            await host.allReady()
            let (starts, start) = AsyncStream.makeStream(of: Void.self)
            let call = Task { try await host.text("near", "wait", ["text": "the long call"], observer: CallRecorder(onProgress: { _ in start.yield() })) }
            for await _ in starts { break }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            // The server's handler notes it when it gets to it.
            while try await host.text("near", "cancelled") != "the long call" { await Task.yield() }
            #expect(await host.health().map(\.state) == [.ready])
        }
    }

    @Test func aChangedListOfToolsIsReadAgain() async throws {
        try await MCPHost.running([ServerPrograms.fixture("near")]) { host in
            await host.allReady()
            #expect(await !host.tools().contains { $0.id.tool == "brand_new" })
            let added = try await host.text("near", "add_tool", ["text": "brand_new"])
            #expect(added == "added")
            let health = await host.health { $0[0].tools.contains("brand_new") }
            #expect(health?[0].state == .ready)
            #expect(await host.tools().contains { $0.id == ToolNameTable.Tool(server: "near", tool: "brand_new") })
            #expect(try await host.text("near", "brand_new") == "new")
        }
    }
}
