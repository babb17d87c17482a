import MCPMacros
import Testing

// snippet: begin
@Toolbox struct Workspace {
    /// Says which folders it may work in.
    @Tool(.readOnly) func folders(context: RequestContext) async throws -> [String] {
        try await context.roots().map { $0.name ?? $0.uri }
    }
}

let workspaceHost = ClientInputHandlers(roots: { [Root("file:///home/ada/project", name: "Project"), Root("file:///tmp")] })
// snippet: end

@Suite struct RootsExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let server = Server("workspace", version: "1.0.0") { Workspace() }
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era, input: workspaceHost)) { (client: Client) async throws -> Void in
            #expect(try await client.call("folders", as: [String].self) == ["Project", "file:///tmp"])
        }
    }
}
