import MCPTransport
import TestSupport
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
        let clock = StandingClock()
        let transport = StdioClientTransport(command: ServerPrograms.path("stdio-fixture"), arguments: ["handshake"])
        let configuration = ClientConfiguration(
            era: .handshake, input: ClientInputHandlers(elicit: { _ in .decline }), clock: ClientClock(clock))
        try await withClient(transport, configuration: configuration) { client in
            let recorder = CallRecorder(answer: { question in
                if question.message.hasPrefix("First") {
                    clock.advance(by: .seconds(600))
                    // Whoever looked at the time has seen that it stands still, and sleeps again.
                    await clock.waitForSleeper(until: .seconds(720))
                }
                return .accept(content: ["text": "late"])
            })
            let invocation = ToolInvocation(client: client, tool: .init(server: "old", tool: "ask_twice"), observer: recorder)
            let result = try await invocation.run(["text": "it"])
            #expect(result.content.first?["text"] == "late 1 late")
        }
    }
}
