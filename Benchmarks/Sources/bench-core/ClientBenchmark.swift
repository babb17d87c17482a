import Foundation
import MCPCore
import MCPStdio

/// A client with 64 calls under way against `bench-echo --stdio`: its processor time and the server's.
enum ClientBenchmark {
    private static let calls = 20_000
    private static let inFlight = 64

    static func run(server path: String) async throws {
        var client: [Double] = []
        var server: [Double] = []
        for _ in 0..<5 {
            let times = try await measure(path)
            client.append(times.client)
            server.append(times.server)
        }
        try Figure.print("client/stdio", microseconds: client.sorted()[2])
        try Figure.print("client/stdio-server", microseconds: server.sorted()[2])
    }

    private static func measure(_ path: String) async throws -> (client: Double, server: Double) {
        let transport = StdioClientTransport(command: path, arguments: ["--stdio"])
        return try await withClient(transport) { client in
            try await run(client, calls: 1000)
            guard let process = transport.processID else { throw NoProcess() }
            let (clientStart, serverStart) = (Clock.process, time(of: process))
            try await run(client, calls: calls)
            return ((Clock.process - clientStart) / Double(calls) * 1e6, (time(of: process) - serverStart) / Double(calls) * 1e6)
        }
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
    struct WrongEcho: Error { var text: String }
}
