import Foundation
import MCPCore
import MCPStdio

/// A client with 64 calls under way against `bench-echo`: its processor time and the server's.
enum ClientBenchmark {
    private static let calls = 20_000
    private static let inFlight = 64

    static func run(server path: String) async throws {
        for name in names { try await measure(name, path) }
    }

    /// So many calls of one client.
    static func run(server path: String, only name: String, calls: Int) async throws {
        guard names.contains(name) else { throw UnknownClient(name: name) }
        try await withServer(name, path) { client, _ in try await run(client, calls: calls) }
    }

    private static var names: [String] {
        #if HTTP
        ["stdio-handshake", "stdio-per-request", "http"]
        #else
        ["stdio-handshake", "stdio-per-request"]
        #endif
    }

    private static func withServer(_ name: String, _ path: String, _ body: (_ client: Client, _ process: Int32) async throws -> Void) async throws {
        let era = name == "stdio-handshake" ? EraSelection.handshake : .pinned(.latest)
        let configuration = ClientConfiguration(era: era)
        #if HTTP
        if name == "http" {
            let server = try HTTPEcho(path)
            defer { server.end() }
            return try await withClient(try await server.transport(), configuration: configuration) { client in try await body(client, server.processID) }
        }
        #endif
        let transport = StdioClientTransport(command: path, arguments: ["--stdio"])
        try await withClient(transport, configuration: configuration) { client in
            guard let process = transport.processID else { throw NoProcess() }
            try await body(client, process)
        }
    }

    /// The medians of five servers.
    private static func measure(_ name: String, _ path: String) async throws {
        var all: [(client: Double, server: Double)] = []
        for _ in 0..<5 {
            try await withServer(name, path) { client, process in
                try await run(client, calls: 1000)
                let (clientStart, serverStart) = (Clock.process, time(of: process))
                try await run(client, calls: calls)
                let (clientTime, serverTime) = (Clock.process - clientStart, time(of: process) - serverStart)
                all.append((clientTime / Double(calls) * 1e6, serverTime / Double(calls) * 1e6))
            }
        }
        try Figure.print("client/\(name)", microseconds: all.map(\.client).sorted()[2])
        try Figure.print("client/\(name)-server", microseconds: all.map(\.server).sorted()[2])
    }

    private static func run(_ client: Client, calls: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<inFlight {
                group.addTask {
                    for number in stride(from: lane, to: calls, by: inFlight) {
                        let text: String = try await client.call("echo", ["message": .string("hello \(number)")])
                        guard text == "hello \(number)" else { throw WrongEcho(text: text) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Processor time of a process so far, in seconds.
    private static func time(of process: Int32) -> Double {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return threads.reduce(0) { sum, thread in
            let line = (try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/schedstat", encoding: .utf8)) ?? ""
            return sum + (line.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }

    struct NoProcess: Error {}
    struct UnknownClient: Error { var name: String }
    struct WrongEcho: Error { var text: String }
}
