import HTTPTypes
import MCPCore
import TestSupport
import Testing

@testable import MCPHTTP

/// The tasks extension over HTTP: routing headers, principals, and what becomes of a task whose request is gone (SEP-2663).
struct TasksOverHTTPTests {
    private static let capabilities: JSONValue = ["elicitation": [:], "extensions": ["io.modelcontextprotocol/tasks": [:]]]

    private func create(_ tool: String, _ probe: HandlerProbe, principal: Principal? = nil) async throws -> String {
        let answer = try await probe.call(tool, ["seconds": 60], capabilities: Self.capabilities, principal: principal)
        #expect(answer.status == .ok)
        #expect(try answer.json["result"]?["resultType"] == "task")
        return try #require(try answer.json["result"]?["taskId"]?.string)
    }

    private func send(_ method: String, _ id: String, _ probe: HandlerProbe, name: String?, principal: Principal? = nil) async throws -> HTTPAnswer {
        try await probe.post(
            HandlerProbe.request(method, ["taskId": .string(id), "inputResponses": [:]], meta: HandlerProbe.meta(Self.capabilities)),
            HandlerProbe.headers(method, name: name), principal: principal)
    }

    @Test(arguments: ["tasks/get", "tasks/update", "tasks/cancel"]) func theNameHeaderIsTheTasksId(_ method: String) async throws {
        let probe = try HandlerProbe()
        let id = try await create("slow_compute", probe)
        for name in [nil, "another"] {
            let answer = try await send(method, id, probe, name: name)
            #expect(answer.status == .badRequest)
            #expect(try answer.errorCode == -32020)
        }
        #expect(try await send(method, id, probe, name: id).status == .ok)
        _ = try await send("tasks/cancel", id, probe, name: id)
    }

    @Test func withoutAnIdThereIsNothingToMirror() async throws {
        let answer = try await HandlerProbe().post(
            HandlerProbe.request("tasks/get", meta: HandlerProbe.meta(Self.capabilities)), HandlerProbe.headers("tasks/get"))
        #expect(try answer.errorCode == -32602)
    }

    @Test func aTaskIsItsPrincipals() async throws {
        let probe = try HandlerProbe()
        let ada = Principal(id: "ada")
        let id = try await create("slow_compute", probe, principal: ada)
        #expect(try await send("tasks/get", id, probe, name: id, principal: ada).json["result"]?["status"] == "working")
        var errors: Set<JSONValue> = []
        for principal in [nil, Principal(id: "eve")] {
            for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
                errors.insert(try #require(try await send(method, id, probe, name: id, principal: principal).json["error"]))
            }
        }
        errors.insert(try #require(try await send("tasks/get", "unknown", probe, name: "unknown", principal: ada).json["error"]))
        #expect(errors.count == 1 && errors.first?["code"] == -32602)
        #expect(try await send("tasks/get", id, probe, name: id, principal: ada).json["result"]?["status"] == "working")
        _ = try await send("tasks/cancel", id, probe, name: id, principal: ada)
    }

    @Test func aSessionHasNoTasks() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open(capabilities: ["extensions": ["io.modelcontextprotocol/tasks": [:]]])
        let answer = try await probe.post(
            ["jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": ["taskId": "x"]], session: session)
        #expect(try answer.errorCode == -32601)
    }
}
