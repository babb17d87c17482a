import MCPCore
import MCPStdio
import StdioFixtures
import Testing

@Suite(.timeLimit(.minutes(2))) struct EndToEndTests {
    private static let ways = Binding.allCases.flatMap { binding in Era.allCases.map { (binding, $0) } }

    @Test(arguments: ways) func callsInBothEras(binding: Binding, era: Era) async throws {
        try await withFixture(binding, ClientConfiguration(era: era.selection)) { client in
            #expect(client.revision == (era == .handshake ? .v2025_11_25 : .v2026_07_28))
            #expect(client.serverInfo?.name == "fixture")
            #expect(client.instructions == "For tests.")
            let tools = try await client.listTools()
            #expect(tools.map(\.name).prefix(3) == ["echo", "measure", "fail"])
            #expect(try await client.call("echo", ["text": "Grüße, 世界"], as: String.self) == "Grüße, 世界")
            #expect(try await client.call("measure", ["text": "four"]) == Measure(length: 4))
            try await client.ping()
        }
    }

    @Test(arguments: Binding.allCases) func autoPicksThePerRequestEra(binding: Binding) async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        try await withFixture(binding, ClientConfiguration(diagnostics: diagnostics.add)) { client in
            #expect(client.revision == .v2026_07_28)
        }
        #expect(diagnostics.all.isEmpty)
    }

    @Test(arguments: Binding.allCases) func aCallThatBecomesATaskEndsWithItsResult(binding: Binding) async throws {
        let input = ClientInputHandlers(elicit: { _ in .accept(["text": "Ada"]) })
        try await withFixture(binding, ClientConfiguration(input: input, extensions: [ClientTasksExtension()])) { client in
            #expect(try await client.call("ask_later", ["text": "sings"], as: String.self) == "Ada sings")
            guard case .task(let task) = try await client.tasks.call("ask_later", ["text": "waits"]) else { return #expect(Bool(false), "no task") }
            try await client.tasks.cancel(task.id)
            let error = await #expect(throws: ClientError.self) { _ = try await client.tasks.result(of: task.id) }
            guard case .taskCancelled(task.id, _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test(arguments: ways) func failuresAreTyped(binding: Binding, era: Era) async throws {
        try await withFixture(binding, ClientConfiguration(era: era.selection)) { client in
            let error = await #expect(throws: ToolCallError.self) { try await client.call("fail", ["text": "because"], as: String.self) }
            #expect(error?.result.text == "because")
            let unknown = await #expect(throws: ClientError.self) { _ = try await client.callTool("nothing") }
            guard case .unknownTool("nothing", _)? = unknown else { return #expect(Bool(false), "\(String(describing: unknown))") }
            let wrong = try await client.callTool("echo", ["text": 5])
            #expect(wrong.isError)
            #expect(wrong.text.contains("text"))
        }
    }

    @Test(arguments: ways) func progressComesInOrderBeforeTheResult(binding: Binding, era: Era) async throws {
        try await withFixture(binding, ClientConfiguration(era: era.selection)) { client in
            let updates = Collected<ProgressUpdate>()
            let result = try await client.callTool("count", ["character": "x", "count": 50], progress: { updates.add($0) })
            #expect(result.text == "counted")
            #expect(updates.all.map(\.progress) == (1...50).map(Double.init))
            #expect(updates.all.allSatisfy { $0.total == 50 && $0.message == "x" })
        }
    }

    @Test(arguments: ways) func cancellingTheTaskCancelsTheCall(binding: Binding, era: Era) async throws {
        try await withFixture(binding, ClientConfiguration(era: era.selection)) { client in
            let (running, started) = AsyncStream<Void>.makeStream()
            let call = Task { try await client.callTool("wait", ["text": "this"], progress: { _ in started.yield() }) }
            for await _ in running { break }
            call.cancel()
            await #expect(throws: CancellationError.self) { _ = try await call.value }
            var cancelled = ""
            while cancelled.isEmpty { cancelled = try await client.call("cancelled") }
            #expect(cancelled == "this")
        }
    }

    @Test(arguments: ways) func handlersAskTheUser(binding: Binding, era: Era) async throws {
        let asked = Collected<String>()
        let input = ClientInputHandlers(elicit: { request in
            asked.add(request.message)
            return .accept(["text": .string("<\(request.message)>")])
        })
        try await withFixture(binding, ClientConfiguration(era: era.selection, input: input)) { client in
            let answer = try await client.call("ask_twice", ["text": "it"], as: String.self)
            #expect(answer == "<First of it?> 1 <Second after 1?>")
            #expect(asked.all == ["First of it?", "Second after 1?"])
            #expect(try await client.call("ask_batch", as: String.self) == "<One?> <Two?>")
            // A call may ask in a way of its own.
            let declined = try await client.callTool("ask_batch", options: RequestOptions(elicit: { _ in .decline }))
            #expect(declined.text == "- -")
        }
    }

    @Test(arguments: ways) func aClientWithoutHandlersCannotBeAsked(binding: Binding, era: Era) async throws {
        try await withFixture(binding, ClientConfiguration(era: era.selection)) { client in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("ask_batch") }
            #expect(error?.code == (era == .handshake ? .invalidRequest : .missingRequiredClientCapability))
        }
    }

    @Test(arguments: ways) func changesOfTheToolsAreTold(binding: Binding, era: Era) async throws {
        try await withFixture(binding, ClientConfiguration(era: era.selection)) { client in
            let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
            #expect(changes.acknowledged.toolsListChanged)
            _ = try await client.callTool("add_tool", ["text": "brand_new"])
            for try await change in changes {
                #expect(change == .toolsListChanged)
                break
            }
            #expect(try await client.call("brand_new", as: String.self) == "new")
        }
    }

    @Test(arguments: ways) func manyLargeAnswersAtOnceStayWhole(binding: Binding, era: Era) async throws {
        try await withFixture(binding, ClientConfiguration(era: era.selection)) { client in
            try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for index in 0..<8 {
                    let character = String(UnicodeScalar(UInt8(97 + index)))
                    group.addTask {
                        (index, try await client.call("repeat", ["character": .string(character), "count": 100_000], as: String.self))
                    }
                }
                for try await (index, text) in group {
                    #expect(text.utf8.count == 100_000)
                    #expect(text.utf8.allSatisfy { $0 == UInt8(97 + index) })
                }
            }
        }
    }
}
