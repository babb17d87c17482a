import MCPMacros
import Testing

// snippet: begin
@Toolbox struct Builder {
    let site: BuildSite

    /// Builds. A cancelled call is a cancelled task: nothing has to be asked for.
    @Tool func build() async throws -> String { try await site.build() }
}

func beginAndCancel(at client: Client, once started: () async -> Void) async -> Result<CallToolResult, any Error> {
    let call = Task { try await client.callTool("build") }
    await started()
    // Tells the server: `notifications/cancelled`, or over HTTP from 2026-07-28 on the end of the exchange.
    call.cancel()
    return await call.result
}
// snippet: end

/// A place where building never ends by itself.
actor BuildSite {
    private(set) var isStopped = false
    let started = AsyncStream.makeStream(of: Void.self)
    let stopped = AsyncStream.makeStream(of: Void.self)

    func build() async throws -> String {
        started.continuation.yield()
        do { while true { try await Task.sleep(for: .seconds(3600)) } } catch {
            isStopped = true
            stopped.continuation.yield()
            throw error
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct CancellationExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let site = BuildSite()
        let server = Server("builder", version: "1.0.0") { Builder(site: site) }
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            let result = await beginAndCancel(at: client) { for await _ in site.started.stream { break } }
            #expect(throws: CancellationError.self) { try result.get() }
            for await _ in site.stopped.stream { break }
            #expect(await site.isStopped)
        }
    }
}
