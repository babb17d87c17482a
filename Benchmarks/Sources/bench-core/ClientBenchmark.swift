import Foundation
import MCPCore
import MCPStdio
import Synchronization

/// A client with 64 calls under way against `bench-echo`: its processor time and the server's.
enum ClientBenchmark {
    private static let calls = 20_000
    private static let inFlight = 64

    static func run(server path: String) async throws {
        for (name, era) in [("stdio-handshake", EraSelection.handshake), ("stdio-per-request", .pinned(.latest))] {
            try await measure(name) { body in
                let transport = StdioClientTransport(command: path, arguments: ["--stdio"])
                try await withClient(transport, configuration: ClientConfiguration(era: era)) { client in
                    guard let process = transport.processID else { throw NoProcess() }
                    try await body(client, process)
                }
            }
        }
        #if HTTP
        try await measure("http") { body in
            let server = try HTTPEcho(path)
            defer { server.end() }
            let process = server.processID
            try await withClient(try await server.transport(), configuration: ClientConfiguration(era: .pinned(.latest))) { client in
                try await body(client, process)
            }
        }
        #endif
    }

    /// The medians of five servers.
    private static func measure(
        _ name: String, _ withServer: (_ body: @escaping @Sendable (Client, _ process: Int32) async throws -> Void) async throws -> Void
    ) async throws {
        let times = Mutex<[(client: Double, server: Double)]>([])
        for _ in 0..<5 {
            try await withServer { client, process in
                try await run(client, calls: 1000)
                let (clientStart, serverStart) = (Clock.process, time(of: process))
                try await run(client, calls: calls)
                let (clientTime, serverTime) = (Clock.process - clientStart, time(of: process) - serverStart)
                times.withLock { $0.append((clientTime / Double(calls) * 1e6, serverTime / Double(calls) * 1e6)) }
            }
        }
        let all = times.withLock(\.self)
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
    struct WrongEcho: Error { var text: String }
}
