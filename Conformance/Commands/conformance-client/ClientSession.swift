import MCPCore

/// One connection: connects, lists the tools, listens, makes the calls one after the other, and writes all of it down.
struct ClientSession: Sendable {
    var era: EraSelection
    var calls: [ToolCall]
    var answers: AnswerBook
    var cancelsOnProgress: Bool
    /// How many changes of the list of tools to wait for; `nil` not to listen.
    var awaitedChanges: Int?
    var log: EventLog

    func run(_ transport: some ClientTransport) async throws {
        try await withClient(transport, configuration: configuration) { client in
            log.write(
                "connected",
                [
                    "revision": .string(client.revision.rawValue), "server": client.serverInfo?.json ?? .null,
                    "capabilities": client.serverCapabilities.json, "instructions": client.instructions.map(JSONValue.string) ?? .null,
                ])
            log.write("tools", ["tools": .array(try await client.listTools().map(\.json))])
            try await withThrowingTaskGroup(of: Void.self) { group in
                if let awaitedChanges {
                    // Before the calls, so that they cannot be quicker.
                    let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
                    log.write("listening", ["filter": changes.acknowledged.json])
                    group.addTask { try await hear(changes, awaitedChanges) }
                }
                for call in calls { await make(call, client) }
                try await group.waitForAll()
            }
        }
        log.write("closed")
    }

    private var configuration: ClientConfiguration {
        ClientConfiguration(
            info: Implementation(name: "conformance-client", version: "1.0.0"), era: era,
            input: ClientInputHandlers(elicit: { request in
                let answer = answers.answer(to: request)
                log.write("asked", ["params": .object(request.params), "answer": answer.json])
                return answer
            }),
            onNotification: { log.write("notification", ["method": .string($0.method), "params": .object($0.params)]) },
            diagnostics: { log.write("diagnostic", ["message": .string("\($0)")]) })
    }

    private func hear(_ changes: ClientChanges, _ count: Int) async throws {
        var heard = 0
        for try await change in changes {
            log.write("change", ["change": .string("\(change)")])
            heard += 1
            if heard == count { break }
        }
        changes.cancel()
    }

    private func make(_ call: ToolCall, _ client: Client) async {
        // A task of its own, because progress, which comes on another one, may have to cancel it.
        let (cancellations, cancel) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await finish(call, client, onProgress: { cancel.yield() }) }
            if cancelsOnProgress {
                group.addTask { for await _ in cancellations { return } }
            } else {
                cancel.finish()
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func finish(_ call: ToolCall, _ client: Client, onProgress: @escaping @Sendable () -> Void) async {
        do {
            let result = try await client.callTool(call.name, call.arguments) { update in
                log.write(
                    "progress",
                    [
                        "tool": .string(call.name), "progress": .double(update.progress), "total": update.total.map(JSONValue.double) ?? .null,
                        "message": update.message.map(JSONValue.string) ?? .null,
                    ])
                onProgress()
            }
            log.write("result", ["tool": .string(call.name), "result": result.json])
        } catch is CancellationError {
            log.write("cancelled", ["tool": .string(call.name)])
        } catch let error as JSONRPCError {
            log.write("error", ["tool": .string(call.name), "code": .integer(Int64(error.code.rawValue)), "message": .string(error.message)])
        } catch {
            log.write("error", ["tool": .string(call.name), "message": .string("\(error)")])
        }
    }
}
