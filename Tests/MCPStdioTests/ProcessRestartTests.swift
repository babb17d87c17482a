import Foundation
import MCPCore
import MCPStdio
import TestSupport
import Testing

/// A server's process that is killed is launched again.
@Suite(.timeLimit(.minutes(2))) struct ProcessRestartTests {
    private static let policy = RestartPolicy(maximumRestarts: 3, shortestPause: .milliseconds(1), longestPause: .milliseconds(1))

    @Test(arguments: Era.allCases) func aProcessThatIsKilledIsLaunchedAgain(_ era: Era) async throws {
        let transport = StdioClientTransport(command: fixture)
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

    @Test func aProgramThatEndsEachTimeIsGivenUp() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "mcp-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let count = directory.appending(path: "starts").path
        // The first process serves; the later ones end at once.
        let script = "echo x >> \(count); [ $(wc -l < \(count)) = 1 ] || { echo 'broken now' >&2; exit 9; }; exec \(fixture)"
        let transport = StdioClientTransport(command: "/bin/sh", arguments: ["-c", script])
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake, restart: Self.policy)) { client in
            kill(try #require(transport.processID), SIGKILL)
            let end = String(describing: await client.waitUntilEnd())
            #expect(end.contains("failed 3 times") && end.contains("status 9") && end.contains("broken now"), "\(end)")
        }
        #expect(try String(contentsOfFile: count, encoding: .utf8).split(separator: "\n").count == 4)
    }
}
