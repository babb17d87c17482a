import MCPTransport
import Synchronization
import Testing

@testable import Orchestrator

/// Servers of the handshake era over stdio ask over one channel, and do not say which call asks.
@Suite(.timeLimit(.minutes(2))) struct QuestionsOfOldServersTests {
    private static func running(_ body: (MCPHost) async throws -> Void) async throws {
        try await MCPHost.running([ServerPrograms.fixture("old", isOld: true)]) { host in
            await host.allReady()
            try await body(host)
        }
    }

    /// Tab 1 has a form open while tab 2 asks for the same: each gets its own questions, one after the other.
    @Test func questionsOfConcurrentCallsAreNotMixedUp() async throws {
        try await Self.running { host in
            let (open, answer) = (Signal(), Signal())
            let first = CallRecorder(answer: { question in
                if question.message.hasPrefix("First") {
                    open.fire()
                    try? await answer.wait()
                }
                return .accept(content: ["text": "one"])
            })
            let one = Task { try await host.text("old", "ask_twice", ["text": "tab 1"], observer: first) }
            try await open.wait()
            let waits = Signal()
            let second = CallRecorder(
                onProgress: { _ in waits.fire() },
                answer: { question in .accept(content: ["text": .string(question.message.hasPrefix("First") ? "two" : "three")]) })
            let two = Task { try await host.text("old", "ask_twice", ["text": "tab 2"], observer: second) }
            // It is said that it waits, and nobody is asked on its behalf.
            try await waits.wait()
            #expect(second.questions.isEmpty && second.progress.map(\.message) == ["Waits until another call of this server has ended"])
            answer.fire()
            #expect(try await one.value == "one 1 one")
            #expect(try await two.value == "two 2 three")
            #expect(first.questions.map(\.message) == ["First of tab 1?", "Second after 1?"])
            #expect(second.questions.map(\.message) == ["First of tab 2?", "Second after 2?"])
        }
    }

    @Test func manyAtOnce() async throws {
        try await Self.running { host in
            try await withThrowingTaskGroup(of: (String, String).self) { group in
                for name in ["a", "b", "c", "d"] {
                    group.addTask {
                        let recorder = CallRecorder(answer: { _ in .accept(content: ["text": .string(name)]) })
                        return (name, try await host.text("old", "ask_batch", observer: recorder))
                    }
                }
                for try await (name, text) in group { #expect(text == "\(name) \(name)") }
            }
        }
    }

    @Test func stoppingTheCallTakesTheQuestionBack() async throws {
        try await Self.running { host in
            let (asked, ended) = (Signal(), Signal())
            let recorder = CallRecorder(answer: { _ in
                asked.fire()
                for await _ in AsyncStream<Never>.makeStream().stream {}
                ended.fire()
                return .cancel
            })
            let call = Task { try await host.text("old", "ask_twice", ["text": "it"], observer: recorder) }
            try await asked.wait()
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            try await ended.wait()
            // The next call is let through.
            #expect(try await host.text("old", "echo", ["text": "here"]) == "here")
        }
    }

    /// A call that waits for its turn can be cancelled, and does not hold up those behind it.
    @Test func whoWaitsCanBeCancelled() async throws {
        let gate = CallGate()
        let (isIn, leave) = (Signal(), Signal())
        let first = Task {
            try await gate.whenFree(onWait: {}) {
                isIn.fire()
                try await leave.wait()
            }
        }
        try await isIn.wait()
        let waits = Signal()
        let second = Task { try await gate.whenFree(onWait: { waits.fire() }) { _ = Issue.record("it was not its turn") } }
        try await waits.wait()
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        leave.fire()
        try await first.value
        let third = try await gate.whenFree(onWait: { _ = Issue.record("nobody is there") }) { "third" }
        #expect(third == "third")
    }

    /// A form may be open for longer than a call may be silent.
    @Test func timeDoesNotRunWhileAPersonIsAsked() async throws {
        let clock = HandClock()
        let transport = StdioClientTransport(command: ServerPrograms.path("stdio-fixture"), arguments: ["handshake"])
        let configuration = ClientConfiguration(
            era: .handshake, input: ClientInputHandlers(elicit: { _ in .decline }), clock: ClientClock(clock))
        try await withClient(transport, configuration: configuration) { client in
            let recorder = CallRecorder(answer: { _ in
                clock.advance(by: .seconds(600))
                // Whoever looked at the time has seen that it stands still, and sleeps again.
                await clock.untilSomebodySleeps(beyond: .seconds(600))
                return .accept(content: ["text": "late"])
            })
            let invocation = ToolInvocation(client: client, tool: .init(server: "old", tool: "ask_batch"), observer: recorder)
            let result = try await invocation.run([:])
            #expect(result.content.first?["text"] == "late late")
        }
    }
}

/// A clock that is moved by hand.
private final class HandClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Int: (deadline: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var watchers: [(beyond: Duration, continuation: CheckedContinuation<Void, Never>)] = []
        var serial = 0
    }

    private let state = Mutex(State())
    var now: Instant { Instant(offset: state.withLock(\.now)) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (outcome, woken) = state.withLock { state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
                    if Task.isCancelled { return (.failure(CancellationError()), []) }
                    if state.now >= deadline.offset { return (.success(()), []) }
                    state.sleepers[id] = (deadline.offset, continuation)
                    let woken = state.watchers.filter { deadline.offset > $0.beyond }
                    state.watchers.removeAll { deadline.offset > $0.beyond }
                    return (nil, woken.map(\.continuation))
                }
                for watcher in woken { watcher.resume() }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    func untilSomebodySleeps(beyond time: Duration) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.values.contains(where: { $0.deadline > time }) { return true }
                state.watchers.append((time, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let woken = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in woken.keys { state.sleepers[id] = nil }
            return woken.values.map(\.continuation)
        }
        for sleeper in woken { sleeper.resume() }
    }
}
