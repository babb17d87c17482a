import Dispatch
import MCPCore
import Synchronization
import Testing

/// The channel to a server in the same process.
@Suite(.timeLimit(.minutes(1))) struct InProcessTests {
    /// Runs one job after the other, and from `runsInPlace` on each where it is enqueued: in the middle of what has woken it.
    private final class Stage: TaskExecutor {
        private let queue = DispatchQueue(label: "stage")
        private let isInPlace = Atomic(false)

        /// What was enqueued before has been run.
        func runsInPlace() { queue.sync { isInPlace.store(true, ordering: .relaxed) } }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            if isInPlace.load(ordering: .relaxed) { return job.runSynchronously(on: asUnownedTaskExecutor()) }
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    /// The server sees the end of its input, and would end its subscriptions gracefully. To a client that starts a lost server again that says that the server wants to tell nothing more.
    @Test func aChannelThatIsClosedCarriesNothingMore() async throws {
        let server = Server("server", version: "1") { ServerTool(Tool(name: "t")) { _, _ in CallToolResult(text: "") } }
        let stage = Stage()
        let channel = try await withTaskExecutorPreference(stage) { try await InProcessTransport(server).open() }
        let meta: JSONValue = [MetaKey.protocolVersion: .string(ProtocolRevision.latest.rawValue), MetaKey.clientCapabilities: [:]]
        let listen = JSONRPCRequest(id: 1, method: "subscriptions/listen", params: ["_meta": meta, "notifications": ["toolsListChanged": true]])
        try await channel.sink.write(listen.serialized())
        // The acknowledgement.
        for try await _ in channel.inbound { break }
        stage.runsInPlace()
        await channel.close()
        for try await frames in channel.inbound { Issue.record("the channel is closed, and carries \(frames)") }
    }
}
