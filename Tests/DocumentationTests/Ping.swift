import MCPMacros
import Synchronization
import Testing

// snippet: begin
/// Asks once, and does not wait for longer than that.
func isThere(_ client: Client, within time: Duration = .seconds(2)) async -> Bool {
    do {
        try await client.ping(timeout: time)
        return true
    } catch { return false }
}

/// A ping half a minute after the last answer. The second that stays without one in a row ends the connection; a process is then started again.
func watched(report: @escaping @Sendable (String) -> Void) -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.keepAlive = KeepAlive(interval: .seconds(30), timeout: .seconds(10), maximumMisses: 2)
    configuration.diagnostics = { diagnostic in
        if case .pingFailed(let reason, let misses) = diagnostic { report("\(misses) without an answer: \(reason)") }
    }
    return configuration
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct PingExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let reports = Mutex<[String]>([])
        var configuration = watched { report in reports.withLock { $0.append(report) } }
        configuration.era = era
        try await withClient(.inProcess(Server("there", version: "1.0.0")), configuration: configuration) { client in
            #expect(await isThere(client, within: .seconds(30)))
        }
        #expect(reports.withLock(\.self).isEmpty)
        configuration.diagnostics(.pingFailed(reason: "silence", misses: 1))
        #expect(reports.withLock(\.self) == ["1 without an answer: silence"])
    }
}
