import EchoServer
import MCPCore

/// Calls in memory, bytes in and bytes out; and what a schema costs.
enum KernelBenchmark {
    static func run() async throws {
        try schema()
        for era in [CallScript.Era.handshake, .perRequest] {
            for tools in [0, 10_000] where tools == 0 || era == .perRequest {
                var script = try CallScript(era, server: EchoServer.make(furtherTools: tools))
                let name = "kernel/\(era.rawValue)" + (tools == 0 ? "" : "-\(tools)-tools")
                var times: [Double] = []
                for _ in 0..<5 {
                    let start = Clock.process
                    for _ in 0..<20_000 { _ = try await script.call() }
                    times.append((Clock.process - start) / 20_000 * 1e6)
                }
                let count = try await allocations(rounds: 2000) { _ = try await script.call() }
                try Figure.print(name, microseconds: times.sorted()[2], allocations: count)
            }
        }
    }

    private static func schema() throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "query": ["type": "string", "minLength": 1, "maxLength": 1000], "limit": ["type": "integer", "minimum": 1, "maximum": 100],
                "folder": ["type": "string", "enum": ["inbox", "sent", "archive"]], "unread": ["type": "boolean"],
            ],
            "required": ["query"], "additionalProperties": false,
        ]
        let validator = try SchemaValidator(compiling: schema)
        let arguments: JSONValue = ["query": "invoice from Acme", "limit": 20, "folder": "inbox", "unread": true]
        let times = try inTurn(rounds: 20_000, [{ _ = validator.validate(arguments) }])
        try Figure.print("schema/validate-call", microseconds: times[0])
    }
}
