import MCPMacros
import Testing

// snippet: begin
@Toolbox struct Copier {
    /// Copies files.
    @Tool func copy(files: [String], context: RequestContext) async throws -> Int {
        for (index, file) in files.enumerated() {
            // Does nothing where the client did not ask for progress.
            try await context.progress(Double(index + 1), total: Double(files.count), message: file)
        }
        return files.count
    }
}

func copy(_ files: [String], at client: Client) async throws -> [String] {
    let (updates, continuation) = AsyncStream.makeStream(of: ProgressUpdate.self)
    _ = try await client.callTool("copy", ["files": files.json]) { continuation.yield($0) }
    continuation.finish()
    return await updates.reduce(into: []) { $0.append("\(Int($1.progress))/\(Int($1.total ?? 0)) \($1.message ?? "")") }
}
// snippet: end

@Suite struct ProgressExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let server = Server("copier", version: "1.0.0") { Copier() }
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            #expect(try await copy(["a", "b"], at: client) == ["1/2 a", "2/2 b"])
        }
    }
}
