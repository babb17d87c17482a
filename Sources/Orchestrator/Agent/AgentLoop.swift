import Foundation
import MCPCore

/// One turn of the chat: the model speaks, calls tools, gets their results, and goes on until it is done.
///
/// Cancelling the task stops it: the request to the model and running calls are cancelled, what was written stays.
struct AgentLoop: Sendable {
    struct Outcome: Sendable, Hashable {
        var reason: StopReason
        var usage: ModelUsage?
        /// What ended the turn, where the model failed.
        var modelFailure: ModelFailure?
    }

    let model: any ChatModel
    let host: any ToolHost
    /// How often the model may be asked in a turn.
    var roundLimit = 10
    /// How long a turn waits for servers that are being connected: without their tools the model would say that it has none.
    var connectionPatience = Duration.seconds(5)
    var makeID: @Sendable () -> String = { UUID().uuidString.lowercased() }

    /// - Parameter entries: The conversation, the user's message last (or what is to be gone on from).
    func run(_ entries: [ChatEntry], observer: any TurnObserver) async -> Outcome {
        var usage: ModelUsage?
        var messages: [ModelMessage]?
        await waitForServers()
        for _ in 0..<roundLimit {
            let tools = await host.tools()
            let names = ToolNameTable(tools.map(\.id))
            let missing = await host.health().filter { $0.state != .ready }.map(\.name)
            let history = messages ?? ModelHistory.toGoOnFrom(entries, names: names)
            let request = ModelRequest(
                messages: [.system(ModelHistory.system(missing: missing))] + history, tools: tools.compactMap { Self.modelTool($0, names) })
            let answer = await speak(request, observer: observer)
            if let spent = answer.usage { usage = (usage ?? ModelUsage()) + spent }
            if let end = answer.end { return Outcome(reason: end, usage: usage, modelFailure: answer.failure) }

            let runner = ToolRunner(host: host, observer: observer, tools: tools, names: names, makeID: makeID)
            let (asked, results) = await runner.run(answer.calls)
            messages = history + [.assistant(answer.text, calls: asked)] + results
            if Task.isCancelled { return Outcome(reason: .stopped, usage: usage) }
        }
        let notice = ChatFailure(
            what: "The answer stopped before its end.", why: "It called tools in \(roundLimit) rounds, which is the most in one turn.",
            whatNow: "What tools did stays. Press Retry to go on from there.", isRetryable: true)
        await observer.add(.failure(FailureNotice(id: makeID(), failure: notice, at: Date())))
        return Outcome(reason: .roundLimit, usage: usage)
    }

    /// Until no server is in its first attempt to connect, or patience ends. One that is down is not waited for.
    private func waitForServers() async {
        guard await host.health().contains(where: { $0.state == .connecting }) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await health in await host.healthChanges() where !health.contains(where: { $0.state == .connecting }) { return }
            }
            group.addTask { try? await Task.sleep(for: connectionPatience) }
            await group.next()
            group.cancelAll()
        }
    }

    private static func modelTool(_ tool: HostedTool, _ names: ToolNameTable) -> ModelTool? {
        names.modelName(of: tool.id).map {
            ModelTool(
                name: $0, server: tool.id.server, title: tool.title, description: tool.description, inputSchema: tool.inputSchema,
                isReadOnly: tool.hints.isReadOnly)
        }
    }

    private struct Answer {
        var text = ""
        var calls: [ModelToolCall] = []
        var usage: ModelUsage?
        /// Set where the turn ends here.
        var end: StopReason?
        var failure: ModelFailure?
    }

    private func speak(_ request: ModelRequest, observer: any TurnObserver) async -> Answer {
        var answer = Answer()
        var message: AssistantMessage?
        var state = AssistantMessage.State.done
        var failure: ChatFailure?
        do {
            try await model.answer(request) { event in
                try Task.checkCancellation()
                switch event {
                case .text(let delta):
                    if let id = message?.id {
                        await observer.append(delta, to: id)
                    } else {
                        let new = AssistantMessage(id: makeID(), text: delta, state: .streaming, at: Date())
                        message = new
                        await observer.add(.assistant(new))
                    }
                    answer.text += delta
                case .toolCall(let call): answer.calls.append(call)
                case .usage(let usage): answer.usage = usage
                case .finished(.length):
                    answer.end = .outputLimit
                    failure = ChatFailure(
                        what: "The answer was cut.", why: "It reached the model endpoint's limit of length.",
                        whatNow: "Press Retry to let it go on, or ask for less.", isRetryable: true)
                case .finished(.contentFilter):
                    answer.end = .failed
                    failure = ChatFailure(
                        what: "The answer ends here.", why: "The model endpoint's content filter stopped it.", whatNow: "Ask in another way.",
                        isRetryable: false)
                case .finished: break
                }
            }
            if answer.end == nil, answer.calls.isEmpty {
                answer.end = .complete
                if !answer.text.contains(where: { !$0.isWhitespace }) {
                    answer.end = .failed
                    failure = ChatFailure(
                        what: "The model gave an empty answer.", why: "It said nothing and called no tool.", whatNow: "Ask again, in other words.",
                        isRetryable: false)
                }
            }
            if Task.isCancelled {
                answer.end = .stopped
                state = .stopped
                failure = nil
            }
        } catch is CancellationError {
            answer.end = .stopped
            state = .stopped
        } catch {
            answer.end = Task.isCancelled ? .stopped : .failed
            state = Task.isCancelled ? .stopped : .broken
            if !Task.isCancelled {
                answer.failure = error as? ModelFailure
                failure =
                    answer.failure?.failure
                    ?? ChatFailure(
                        what: "The model gave no answer.", why: "\(error).", whatNow: "Ask again.", isRetryable: true)
            }
        }
        if var message {
            message.text = answer.text
            message.state = state
            await observer.add(.assistant(message))
        }
        if let failure { await observer.add(.failure(FailureNotice(id: makeID(), failure: failure, at: Date()))) }
        return answer
    }
}

extension ModelFailure {
    /// For the notice in the transcript: the first sentence says what happened, the rest what to do.
    var failure: ChatFailure {
        let text = description
        guard let end = text.range(of: "). ") ?? text.range(of: ". ") else {
            return ChatFailure(what: text, why: "", whatNow: "", isRetryable: isPassing)
        }
        let first = String(text[..<end.lowerBound]) + (text[end.lowerBound] == ")" ? ")." : ".")
        return ChatFailure(what: "The model did not answer.", why: first, whatNow: String(text[end.upperBound...]), isRetryable: isPassing)
    }
}
