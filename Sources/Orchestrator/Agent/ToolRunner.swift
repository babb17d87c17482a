import Foundation
import MCPCore

/// Runs the tool calls of one round: those that need no question at the same time, those that ask one after the other.
struct ToolRunner: Sendable {
    let host: any ToolHost
    let observer: any TurnObserver
    let tools: [HostedTool]
    let names: ToolNameTable
    let makeID: @Sendable () -> String

    private struct Prepared {
        var call: ToolCall
        let tool: HostedTool?
        let arguments: JSONObject
        /// Runs without a question.
        let isFree: Bool
    }

    /// - Returns: The calls as the model is reminded of them, and their results, in the order in which they were asked for.
    func run(_ asked: [ModelToolCall]) async -> (asked: [ModelToolCall], results: [ModelMessage]) {
        var prepared: [Prepared] = []
        for call in asked { prepared.append(await prepare(call)) }
        var ended: [ToolCall] = []
        var index = 0
        while index < prepared.count {
            // A run of free calls goes at once.
            let free = prepared[index...].prefix(while: \.isFree)
            if free.count > 1 {
                let calls = Array(free)
                let results = await withTaskGroup(of: (Int, ToolCall).self) { group in
                    for (position, call) in calls.enumerated() { group.addTask { (position, await execute(call)) } }
                    return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
                ended += calls.indices.compactMap { results[$0] }
                index += calls.count
            } else {
                ended.append(await execute(prepared[index]))
                index += 1
            }
        }
        let reminded = zip(asked, ended).map { ModelToolCall(id: $1.id, name: $0.name, arguments: $1.arguments.object == nil ? "{}" : $0.arguments) }
        return (reminded, ended.map(ModelHistory.outcome))
    }

    /// Runs a call of the transcript again.
    func rerun(_ call: ToolCall) async {
        let tool = tools.first { $0.id.server == call.server && $0.id.tool == call.tool }
        var call = call
        call.result = nil
        call.failure = nil
        call.canRetry = false
        call.progress = nil
        call.elapsedMilliseconds = nil
        _ = await execute(Prepared(call: call, tool: tool, arguments: call.arguments.object ?? [:], isFree: await isFree(tool)))
    }

    private func isFree(_ tool: HostedTool?) async -> Bool {
        guard let tool else { return true }
        return ApprovalPolicy.verdict(on: tool, isAllowedInChat: await observer.isAllowedInChat(tool.id)) == .run
    }

    /// Less deep than what is read elsewhere: arguments travel and are stored inside other values.
    static let argumentLimits = JSONLimits(maximumDepth: 64)

    private func prepare(_ asked: ModelToolCall) async -> Prepared {
        let id = names.tool(named: asked.name)
        let tool = tools.first { $0.id == id }
        let parsed = try? JSONValue(parsing: asked.arguments, limits: Self.argumentLimits)
        var call = ToolCall(
            id: makeID(), server: id?.server ?? "", tool: id?.tool ?? asked.name, title: tool?.title, arguments: parsed ?? .string(asked.arguments),
            state: .running, canRetry: false, at: Date())
        if tool == nil {
            call.failure = ToolCallFailure.unknownTool(asked.name).failure
        } else if parsed?.object == nil {
            call.failure = ChatFailure(
                what: "The call was not made.", why: "The model wrote arguments that are no JSON object.",
                whatNow: "Write the arguments as one JSON object that fits the tool's schema, at most \(Self.argumentLimits.maximumDepth) levels deep.",
                isRetryable: false)
        }
        let isFree = call.failure != nil ? true : await isFree(tool)
        return Prepared(call: call, tool: tool, arguments: parsed?.object ?? [:], isFree: isFree)
    }

    private func execute(_ prepared: Prepared) async -> ToolCall {
        var call = prepared.call
        guard let tool = prepared.tool, call.failure == nil else {
            call.state = .failed
            if call.failure == nil { call.failure = ToolCallFailure.unknownTool("\(call.server).\(call.tool)").failure }
            return await end(call, .notAsked)
        }
        if Task.isCancelled {
            call.state = .cancelled
            return await end(call, .notAsked)
        }
        // Asked again here: an earlier call of this round may have been allowed for the whole chat.
        let isAllowedInChat = await observer.isAllowedInChat(tool.id)
        var approval: ToolAuditRecord.Approval = isAllowedInChat ? .allowedBefore : .policy
        if case .ask(let question) = ApprovalPolicy.verdict(on: tool, isAllowedInChat: isAllowedInChat) {
            call.state = .waiting
            call.question = question
            await observer.add(.tool(call))
            let decision = await observer.decision(on: call)
            call.question = nil
            guard decision == .allowOnce || decision == .allowInChat else {
                call.state = decision == .deny ? .denied : .cancelled
                return await end(call, decision == .deny ? .denied : .unanswered)
            }
            approval = decision == .allowInChat ? .allowedInChat : .allowedOnce
        }
        call.state = .running
        call.startedAt = Date()
        await observer.add(.tool(call))
        return await end(await finish(call, of: tool, arguments: prepared.arguments), approval)
    }

    /// Shows how a call has ended, and keeps it for the operator.
    private func end(_ call: ToolCall, _ approval: ToolAuditRecord.Approval) async -> ToolCall {
        await observer.add(.tool(call))
        await observer.audit(ToolAuditRecord(call, approval))
        return call
    }

    private enum End: Sendable {
        case result(ToolResult)
        case failed(ToolCallFailure)
        case cancelled
    }

    private func finish(_ running: ToolCall, of tool: HostedTool, arguments: JSONObject) async -> ToolCall {
        var call = running
        let start = ContinuousClock.now
        let listener = CallListener(observer: observer, call: call, makeID: makeID)
        let end = await withTaskGroup(of: End.self) { group in
            group.addTask {
                do {
                    return .result(try await host.call(tool.id, arguments: arguments, observer: listener))
                } catch let failure as ToolCallFailure {
                    return Task.isCancelled ? .cancelled : .failed(failure)
                } catch is CancellationError {
                    return .cancelled
                } catch {
                    return Task.isCancelled ? .cancelled : .failed(.refused(code: 0, message: "\(error)"))
                }
            }
            group.addTask {
                await observer.cancellation(of: running.id)
                return .cancelled
            }
            let first = await group.next() ?? .cancelled
            group.cancelAll()
            return first
        }
        let elapsed = start.duration(to: .now).components
        call.elapsedMilliseconds = Int(elapsed.seconds) * 1000 + Int(elapsed.attoseconds / 1_000_000_000_000_000)
        switch end {
        case .result(let result):
            call.state = result.isError ? .failed : .done
            call.result = result
        case .failed(let failure):
            call.state = .failed
            call.failure = failure.failure
        case .cancelled: call.state = .cancelled
        }
        // Repeating is harmless only where somebody who is trusted says so.
        call.canRetry = call.state == .failed && tool.isServerTrusted && (tool.hints.isReadOnly || tool.hints.isIdempotent)
        return call
    }
}

/// Hands a running call's progress and questions on, with the call that they belong to.
private struct CallListener: ToolCallObserver {
    let observer: any TurnObserver
    let call: ToolCall
    let makeID: @Sendable () -> String

    func progress(_ progress: ToolProgress) async { await observer.report(progress, of: call.id) }

    func answer(to question: ServerQuestion) async -> ElicitationAnswer {
        var entry = Elicitation(
            id: makeID(), server: question.server, tool: call.tool, message: question.message, mode: question.mode, state: .waiting, at: Date())
        await observer.add(.elicitation(entry))
        let answer = await observer.answer(to: entry)
        switch answer {
        case .accept(let content):
            entry.state = .accepted
            entry.content = content
        case .decline: entry.state = .declined
        case .cancel: entry.state = .cancelled
        case nil: entry.state = .closed
        }
        await observer.add(.elicitation(entry))
        return answer ?? .cancel
    }
}
