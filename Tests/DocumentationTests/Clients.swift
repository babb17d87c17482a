import MCPMacros
import Testing

// snippet: begin
/// Calls a tool on behalf of a model, and gives back what the model should read.
func answer(_ tool: String, _ arguments: JSONObject, at client: Client) async throws -> String {
    // A minute without progress ends the call; progress extends it, up to ten minutes.
    let options = RequestOptions(timeout: .seconds(60), maximumTime: .seconds(600))
    do {
        let result = try await client.callTool(tool, arguments, options: options)
        // A result with `isError` is for the model too: it may mend its call.
        return result.isError ? "The tool failed: \(result.text)" : result.text
    } catch ClientError.unknownTool(let name, _) {
        return "There is no tool \(name). There are: \(try await client.listTools().map(\.name).joined(separator: ", "))"
    } catch ClientError.timedOut(let method, let duration) {
        return "\(method) took more than \(duration)."
    }
}

func withPatientClient<Value>(_ server: Server, _ body: (Client) async throws -> Value) async throws -> Value {
    var configuration = ClientConfiguration(info: Implementation(name: "example-host", version: "1.0.0"))
    configuration.eraCache = EraCache()
    configuration.diagnostics = { diagnostic in _ = diagnostic.description }
    return try await withClient(.inProcess(server), configuration: configuration, body)
}
// snippet: end

@Suite struct ClientsExamples {
    @Test func runs() async throws {
        let server = Server("calculator", version: "1.0.0") { Calculator() }
        try await withPatientClient(server) { (client: Client) async throws -> Void in
            #expect(try await answer("add", ["numbers": [1, 2]], at: client).contains("3"))
            #expect(try await answer("add", ["numbers": []], at: client).hasPrefix("The tool failed"))
            #expect(try await answer("subtract", [:], at: client) == "There is no tool subtract. There are: add")
        }
    }
}
