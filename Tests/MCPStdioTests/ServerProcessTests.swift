import Foundation
import MCPCore
import MCPStdio
import Testing

/// Our own server as a process, fed bytes.
@Suite(.timeLimit(.minutes(2))) struct ServerProcessTests {
    /// Runs the fixture with that input and gives the messages that it wrote.
    private func run(_ input: [UInt8]) async throws -> [JSONValue] {
        let process = Process()
        process.executableURL = URL(filePath: fixture)
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        async let output = Self.blocking { try stdout.fileHandleForReading.readToEnd() ?? Data() }
        try await Self.blocking {
            try stdin.fileHandleForWriting.write(contentsOf: Data(input))
            try stdin.fileHandleForWriting.close()
        }
        let data = try await output
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try data.split(separator: 0x0A).map { try JSONValue(parsing: [UInt8]($0)) }
    }

    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    private static func call(_ id: Int, _ tool: String, _ arguments: JSONObject) -> [UInt8] {
        let meta: JSONValue = ["io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:]]
        let params: JSONObject = ["name": .string(tool), "arguments": .object(arguments), "_meta": meta]
        return JSONRPCRequest(id: .integer(Int64(id)), method: "tools/call", params: params).json.serialized() + [0x0A]
    }

    @Test func whatWasAskedBeforeTheEndIsAnswered() async throws {
        let requests = (1...200).flatMap { Self.call($0, "echo", ["text": .string("t\($0)")]) }
        let answers = try await run(requests)
        #expect(answers.count == 200)
        #expect(Set(answers.compactMap { $0["id"]?.integer }) == Set(1...200))
        #expect(answers.allSatisfy { $0["result"]?["content"]?[0]?["text"]?.string == "t\($0["id"]?.integer ?? 0)" })
    }

    @Test func aLastLineWithoutItsEndCounts() async throws {
        let answers = try await run(Self.call(1, "echo", ["text": "whole"]).dropLast())
        #expect(answers.map { $0["result"]?["content"]?[0]?["text"] } == ["whole"])
    }

    @Test func halfAMessageAtTheEndIsAParseError() async throws {
        let answers = try await run(Self.call(1, "echo", ["text": "half"]).dropLast(10))
        #expect(answers.map { $0["error"]?["code"] } == [-32700])
    }

    @Test func aLineOfAHundredMegabytesIsRefusedAndTheNextAnswered() async throws {
        let answers = try await run([UInt8](repeating: 0x20, count: 100 << 20) + [0x0A] + Self.call(2, "echo", ["text": "next"]))
        #expect(answers.count == 2)
        #expect(answers.first?["error"]?["code"] == -32600)
        #expect(answers.last?["id"] == 2)
    }

    @Test func carriageReturnsAndEmptyLinesAreNoFault() async throws {
        let line = Self.call(1, "echo", ["text": "a"]).dropLast()
        let answers = try await run([0x0D, 0x0A, 0x0A] + line + [0x0D, 0x0A])
        #expect(answers.map { $0["id"] } == [1])
    }

    @Test func whatIsPrintedDoesNotTouchTheStream() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        // What `print` has buffered is written when the process ends by itself.
        let transport = StdioClientTransport(command: fixture, gracePeriod: .seconds(60))
        try await withClient(transport, configuration: ClientConfiguration(diagnostics: diagnostics.add)) { client in
            let printed = try await client.call("print", ["text": "{\"jsonrpc\": stray"], as: String.self)
            let echoed = try await client.call("echo", ["text": "fine"], as: String.self)
            #expect(printed == "printed" && echoed == "fine")
        }
        #expect(diagnostics.all.isEmpty)
        #expect(transport.standardError.contains("stray"))
    }

    #if os(Linux)
    /// What a server has done before it has nothing more to do.
    enum Load: CaseIterable {
        case ping, question, longAnswers, reports

        func put(on client: Client) async throws {
            switch self {
            case .ping: try await client.ping()
            case .question: #expect(try await client.call("ask_twice", ["text": "tea"], as: String.self) == "Ada 1 Ada")
            case .longAnswers:
                let text = String(repeating: "x", count: 100_000)
                for _ in 0..<3 { #expect(try await client.call("echo", ["text": .string(text)], as: String.self) == text) }
            case .reports: #expect(try await client.call("count", ["character": "x", "count": 300], as: String.self) == "counted")
            }
        }
    }

    /// The kernel counts how often each thread has gone to sleep by itself: an idle server's threads never do.
    @Test(arguments: Load.allCases) func anIdleServerNeverWakesUp(after load: Load) async throws {
        let transport = StdioClientTransport(command: fixture)
        let input = ClientInputHandlers(elicit: { _ in .accept(["text": "Ada"]) })
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake, input: input)) { client in
            try await load.put(on: client)
            let process = try #require(transport.processID)
            // The threads that served the request go to sleep, some only after seconds; then there must be a second of quiet.
            var isQuiet = false
            for _ in 0..<10 where !isQuiet {
                let before = try Self.switches(process)
                try await Task.sleep(for: .seconds(1))
                isQuiet = try Self.switches(process) == before
            }
            #expect(isQuiet)
            #expect(try !Self.switches(process).isEmpty)
        }
    }

    /// 400 calls of 100 KB each way: what a call needs is given back.
    @Test func memoryDoesNotGrowWithTheCalls() async throws {
        let transport = StdioClientTransport(command: fixture)
        try await withClient(transport) { client in
            let process = try #require(transport.processID)
            let text = String(repeating: "x", count: 100_000)
            func echo(_ times: Int) async throws { for _ in 0..<times { _ = try await client.callTool("echo", ["text": .string(text)]) } }
            try await echo(100)
            let before = try Self.residentKilobytes(process)
            try await echo(400)
            let growth = try Self.residentKilobytes(process) - before
            #expect(growth < 4096, "grew by \(growth) KB")
        }
    }

    private static func residentKilobytes(_ process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.split(separator: " ").dropFirst().first ?? ""))
    }

    private static func switches(_ process: Int32) throws -> [String: String] {
        var counts: [String: String] = [:]
        for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task") {
            // A thread may end between the two.
            guard let status = try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/status", encoding: .utf8) else { continue }
            counts[thread] = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches") }.map(String.init)
        }
        return counts
    }
    #endif
}
