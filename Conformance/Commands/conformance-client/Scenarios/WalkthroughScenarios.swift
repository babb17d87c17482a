import MCPCore
import Synchronization

/// What the project's own conformance suite adds to the official scenarios: list the tools, make the calls of the context in order, and tell the tool
/// `report` what came of each. docs/conformance-clients.md says it in full.
enum WalkthroughScenarios {
    /// - Returns: `nil` for a name that is none of that suite's.
    static func scenario(named name: String) -> Scenario? {
        guard name.hasPrefix("client-") else { return nil }
        return Scenario(name) { client, invocation in
            let tools = try await client.listTools()
            var results: [JSONValue] = []
            for call in try invocation.context.decodeIfPresent("toolCalls", as: [JSONObject].self) ?? [] {
                results.append(.object(await WalkthroughCall(call, isPatient: invocation.mutant?.ignoresTimeouts ?? false).outcome(client)))
            }
            if tools.contains(where: { $0.name == "report" }) { _ = try await client.callTool("report", ["results": .array(results)]) }
        }
    }
}

/// A call that the suite asks for.
private struct WalkthroughCall: Sendable {
    private let name: String
    private let arguments: JSONObject
    private let reportsProgress: Bool
    private let cancelsOnProgress: Bool
    private let timeout: Duration?

    /// - Parameter isPatient: Whether it waits as long as it takes, whatever it is told.
    init(_ call: JSONObject, isPatient: Bool) {
        name = call["name"]?.string ?? ""
        arguments = call["arguments"]?.object ?? [:]
        reportsProgress = call["progress"]?.bool == true
        cancelsOnProgress = call["cancelOnProgress"]?.bool == true
        timeout = isPatient ? nil : call["timeoutMilliseconds"]?.integer.map(Duration.milliseconds)
    }

    /// What came of it, in the words of the report.
    func outcome(_ client: Client) async -> JSONObject {
        let progress = Mutex<[JSONValue]>([])
        var outcome: JSONObject
        do {
            outcome = ["text": .string(try await call(client) { value in progress.withLock { $0.append(.double(value)) } })]
        } catch is CancellationError {
            outcome = ["cancelled": true]
        } catch let error as JSONRPCError {
            outcome = ["error": .integer(Int64(error.code.rawValue))]
        } catch {
            outcome = ["failed": true]
        }
        if reportsProgress { outcome["progress"] = .array(progress.withLock { $0 }) }
        return outcome
    }

    private func call(_ client: Client, _ told: @escaping @Sendable (Double) -> Void) async throws -> String {
        guard reportsProgress || cancelsOnProgress else {
            return try await client.callTool(name, arguments, options: RequestOptions(timeout: timeout)).text
        }
        let (cancellations, cancel) = AsyncStream<Void>.makeStream()
        return try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                try await client.callTool(name, arguments) { update in
                    told(update.progress)
                    cancel.yield()
                }.text
            }
            guard cancelsOnProgress else { return try await group.next().flatMap { $0 } ?? "" }
            group.addTask {
                for await _ in cancellations { return nil }
                return nil
            }
            if let text = try await group.next().flatMap({ $0 }) {
                group.cancelAll()
                return text
            }
            group.cancelAll()
            return try await group.next().flatMap { $0 } ?? ""
        }
    }
}
