import MCPCore
import Testing
import TestSupport

/// Whose fault an error is that a handler throws.
@Suite(.timeLimit(.minutes(1))) struct HandlerErrorTests {
    private struct City: SchemaCodable {
        var name: String
        init(json: JSONValue) throws {
            let object = try JSONObject(json: json)
            name = try object.decode("name")
            // The schema does not say so.
            if name.isEmpty { throw JSONDecodingError(path: ["name"], expected: "a name", found: "nothing") }
        }
        var json: JSONValue { ["name": .string(name)] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
            ["type": "object", "properties": ["name": ["type": "string"]], "required": ["name"]]
        }
    }

    /// Reads what another server has answered.
    private static func upstream() throws -> String { try JSONObject(json: ["tempurature": 20]).decode("temperature") }

    private static func server(_ told: Collected<String>) -> Server {
        Server("weather", version: "1", configuration: ServerConfiguration(diagnostics: { told.add("\($0)") })) {
            ServerTool("typed", input: City.self) { (city: City, _) in try city.name.isEmpty ? "" : upstream() }
            ServerTool(Tool(name: "plain")) { arguments, _ in
                let city: String = try arguments.decode("name")
                return try CallToolResult(text: city.isEmpty ? "" : upstream())
            }
            ServerTool(Tool(name: "whole")) { arguments, _ in
                let city: City = try arguments.decode()
                return try CallToolResult(text: city.name.isEmpty ? "" : upstream())
            }
            ServerResource("weather://now", name: "now") { _ in try upstream() }
            ServerPrompt("weather") { _, _ in try [.user(upstream())] }
        }
    }

    @Test(arguments: ["typed", "plain", "whole"]) func jsonOfSomebodyElseIsTheHandlersFault(_ tool: String) async throws {
        let told = Collected<String>()
        let call = try await ServedRequest(
            "tools/call", ["name": .string(tool), "arguments": ["name": "Lisbon"]], at: Self.server(told), Peer(revision: .latest))
        #expect(call.result?["isError"] == true)
        #expect(call.text?.contains("temperature") == false, "\(call.text ?? "")")
        #expect(told.all.count == 1 && told.all[0].contains("temperature"), "\(told.all)")
    }

    @Test(arguments: [("typed", ""), ("plain", nil), ("whole", "")] as [(String, String?)])
    func argumentsAreTheModels(_ tool: String, _ name: String?) async throws {
        let told = Collected<String>()
        let arguments: JSONObject = name.map { ["name": .string($0)] } ?? [:]
        let params: JSONObject = ["name": .string(tool), "arguments": .object(arguments)]
        let call = try await ServedRequest("tools/call", params, at: Self.server(told), Peer(revision: .latest))
        #expect(call.result?["isError"] == true)
        #expect(call.text?.hasPrefix("Invalid arguments for tool \(tool): /name: expected") == true, "\(call.text ?? "")")
        #expect(told.all.isEmpty)
    }

    @Test(arguments: [("resources/read", ["uri": "weather://now"]), ("prompts/get", ["name": "weather"])] as [(String, JSONObject)])
    func paramsAreNotBlamedForIt(_ method: String, _ params: JSONObject) async throws {
        let told = Collected<String>()
        let call = try await ServedRequest(method, params, at: Self.server(told), Peer(revision: .latest))
        #expect(call.error?.code == .internalError)
        #expect(call.error?.message.contains("temperature") == false)
        #expect(told.all.count == 1 && told.all[0].contains("temperature"), "\(told.all)")
    }

    /// A time to live is never negative (2026-07-28, server/utilities/caching).
    @Test func aNegativeTimeToLiveIsNone() async throws {
        let configuration = ServerConfiguration(listTTLMilliseconds: -1, discoverTTLMilliseconds: -1, readTTLMilliseconds: -1)
        let server = Server("weather", version: "1", configuration: configuration) {
            ServerResource("weather://now", name: "now") { _ in "sun" }
            ServerResource(Resource(uri: "weather://then", name: "then")) { _ in
                ReadResourceResult([ResourceContents(uri: "weather://then", text: "rain")], cache: CacheHint(ttlMilliseconds: -5))
            }
        }
        for (method, params) in [
            ("resources/list", [:]), ("resources/read", ["uri": "weather://now"]), ("resources/read", ["uri": "weather://then"]), ("server/discover", [:]),
        ] as [(String, JSONObject)] {
            #expect(try await ServedRequest(method, params, at: server, Peer(revision: .latest)).result?["ttlMs"] == 0, "\(method)")
        }
    }
}
