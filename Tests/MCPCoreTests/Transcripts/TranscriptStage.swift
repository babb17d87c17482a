import ConformanceFixtures
import MCPCore
import Synchronization
import TestSupport

/// The server of a transcript, with a clock that stands still until it is moved and randomness that counts.
final class TranscriptStage: Sendable {
    let server: Server
    let steps = Counter()
    /// Of the server `tasks`.
    let tasks = WatchedTaskStore()
    private let clock: Clock

    private final class Clock: Sendable {
        let now = Mutex<Int64>(1_800_000_000_000)
    }

    init(_ transcript: Transcript) {
        let clock = Clock()
        self.clock = clock
        let draws = Counter()
        var configuration = ServerConfiguration(
            environment: ServerEnvironment(
                now: { clock.now.withLock(\.self) },
                randomBytes: { count in [UInt8](repeating: UInt8(truncatingIfNeeded: draws.next()), count: count) }))
        if let size = transcript.directives("pageSize").first.flatMap({ Int($0) }) { configuration.pageSize = size }
        if let bytes = transcript.directives("journal").first.flatMap({ Int($0) }) { configuration.maximumJournalBytes = bytes }
        switch transcript.directives("server").first {
        case "catalogue": server = TranscriptServers.catalogue(configuration)
        case "tasks": server = TaskStage.server(configuration, store: tasks)
        case "questions": server = TranscriptServers.questions(configuration)
        default: server = FixtureServer.make(steps: steps, configuration: configuration)
        }
    }

    func advance(_ milliseconds: Int64) { clock.now.withLock { $0 += milliseconds } }
}
