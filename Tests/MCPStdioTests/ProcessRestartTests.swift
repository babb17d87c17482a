import Foundation
import MCPCore
import TestSupport
import Testing

@testable import MCPStdio

/// A server's process that is killed is launched again.
@Suite(.timeLimit(.minutes(2))) struct ProcessRestartTests {
    private static let policy = RestartPolicy(maximumRestarts: 3, shortestPause: .milliseconds(1), longestPause: .milliseconds(1))

    @Test(arguments: Era.allCases) func aProcessThatIsKilledIsLaunchedAgain(_ era: Era) async throws {
        let transport = StdioClientTransport(command: fixture, patience: .long)
        let diagnostics = Collected<ClientDiagnostic>()
        let configuration = ClientConfiguration(era: era.selection, restart: Self.policy, diagnostics: diagnostics.add)
        try await withClient(transport, configuration: configuration) { client in
            var changes = try await client.changes(SubscriptionFilter(toolsListChanged: true)).makeAsyncIterator()
            let first = try #require(transport.processID)
            #expect(kill(first, SIGKILL) == 0)
            // The subscription is there again, and what may have changed counts as changed.
            #expect(try await changes.next() == .toolsListChanged)
            let text = try await client.callTool("echo", ["text": "again"]).text
            #expect(text == "again")
            #expect(transport.processID != first)
            _ = try await client.callTool("add_tool", ["text": "new"])
            #expect(try await changes.next() == .toolsListChanged)
        }
        let isTold = diagnostics.all.contains { if case .serverGone(let reason) = $0 { reason.contains("signal 9") } else { false } }
        #expect(isTold, "\(diagnostics.all)")
    }

    /// A process that answers no ping is ended, and another one launched: the transport must not take that for its own end.
    @Test func aProcessThatHangsIsLaunchedAgain() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "mcp-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let hung = directory.appending(path: "hung").path
        let answer: JSONValue = [
            "jsonrpc": "2.0", "id": 1,
            "result": ["protocolVersion": "2025-11-25", "capabilities": ["tools": [:]], "serverInfo": ["name": "hanging", "version": "1"]],
        ]
        // The first process answers `initialize` and nothing more; the second one serves.
        let script = "[ -e \(hung) ] && exec \(fixture); : > \(hung); read line; echo '\(answer.serializedString)'; exec sleep 600"
        let transport = StdioClientTransport(command: "/bin/sh", arguments: ["-c", script], gracePeriod: .milliseconds(10))
        let clock = StandingClock()
        let configuration = ClientConfiguration(
            era: .handshake, restart: RestartPolicy(shortestPause: .seconds(1)), keepAlive: KeepAlive(interval: .seconds(20), timeout: .seconds(5)),
            clock: ClientClock(clock))
        try await withClient(transport, configuration: configuration) { client in
            let first = try #require(transport.processID)
            var now = 0
            // A ping at 20 misses until 25; the server comes again at 26.
            for time in [20, 25, 26] {
                await clock.waitForSleeper(until: .seconds(time))
                clock.advance(by: .seconds(time - now))
                now = time
            }
            let text = try await client.callTool("echo", ["text": "there again"]).text
            #expect(text == "there again")
            #expect(transport.processID != first)
        }
    }

    @Test func aProgramThatEndsEachTimeIsGivenUp() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "mcp-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let count = directory.appending(path: "starts").path
        // The first process serves; the later ones end at once.
        let script = "echo x >> \(count); [ $(wc -l < \(count)) = 1 ] || { echo 'broken now' >&2; exit 9; }; exec \(fixture)"
        let transport = StdioClientTransport(command: "/bin/sh", arguments: ["-c", script], patience: .long)
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake, restart: Self.policy)) { client in
            kill(try #require(transport.processID), SIGKILL)
            let end = String(describing: await client.waitUntilEnd())
            #expect(end.contains("failed 3 times") && end.contains("status 9") && end.contains("broken now"), "\(end)")
        }
        #expect(try String(contentsOfFile: count, encoding: .utf8).split(separator: "\n").count == 4)
    }
}
