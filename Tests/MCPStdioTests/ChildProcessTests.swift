import Testing

@testable import MCPStdio

/// How the end of a process is waited for.
@Suite(.timeLimit(.minutes(1))) struct ChildProcessTests {
    private static func launch(_ command: String) throws -> ChildProcess {
        let launch = ChildProcess.Launch(command: "/bin/sh", arguments: ["-c", command], environment: [], workingDirectory: nil)
        return try ChildProcess(launch, input: 0, output: 2, error: 2)
    }

    /// The time may be over before whoever waits for the end comes to look.
    @Test func anEndThatIsKnownIsToldWhateverTheTime() async throws {
        let process = try Self.launch("exit 3")
        #expect(await process.waitForExit() == .exited(3))
        for _ in 0..<500 { #expect(await process.waitForExit(atMost: .zero) == .exited(3)) }
    }

    @Test func aProcessThatRunsIsNotWaitedForForLonger() async throws {
        let process = try Self.launch("sleep 600")
        #expect(await process.waitForExit(atMost: .zero) == nil)
        process.signal(9)
        #expect(await process.waitForExit() == .signalled(9))
    }
}
