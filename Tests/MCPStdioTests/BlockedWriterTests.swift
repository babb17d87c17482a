import Foundation
import MCPCore
import MCPWorkers
import StdioFixtures
import Testing

@testable import MCPStdio

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Somebody at the other end who does not read: whoever writes waits, and can be cancelled.
@Suite(.timeLimit(.minutes(1))) struct BlockedWriterTests {
    @Test func aSenderThatWaitsCanBeCancelledAndItsMessageIsNotWritten() async throws {
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let writer = DescriptorWriter(writing.descriptor)
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: 3 << 20)
        try await writer.write(large)
        let senders = (0..<3).map { _ in Task { try await writer.write([UInt8(ascii: "b")]) } }
        let draining = Task { try await writer.drained() }
        for task in senders + [draining] {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        // At the end it is waited for all the same, for a while.
        let closing = Task { await writer.drained(atMost: .seconds(3600)) }
        closing.cancel()
        async let all = Self.blocking { Self.readAll(reading.descriptor) }
        #expect(await closing.value)
        try await writer.write([UInt8(ascii: "c")])
        try await writer.drained()
        writing.close()
        let bytes = try await all
        #expect(bytes == large + Array("\nc\n".utf8))
        #expect(await writer.drained(atMost: .zero))
    }

    @Test func whatWaitsForRoomIsWrittenOnceThereIsSome() async throws {
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let writer = DescriptorWriter(writing.descriptor)
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: 700_000)
        let senders = (0..<8).map { _ in Task { try await writer.write(large) } }
        async let all = Self.blocking { Self.readAll(reading.descriptor) }
        for sender in senders { try await sender.value }
        try await writer.drained()
        writing.close()
        #expect(try await all.split(separator: 0x0A).map(\.count) == Array(repeating: 700_000, count: 8))
    }

    /// What is let in while a thread of the pool writes something small may be large: it is left to the writer's own thread.
    @Test func aReaderThatReadsNothingHoldsNoThreadOfThePool() async throws {
        let pool = WorkerPool()
        let pipes = try (0..<2).map { _ in try SystemCall.makePipe() }
        let ends = pipes.map { (reading: DescriptorEnd($0.read), writing: DescriptorEnd($0.write)) }
        let writers = ends.map { DescriptorWriter($0.writing.descriptor, highWater: 0) }
        let large = [UInt8](repeating: UInt8(ascii: "b"), count: 1 << 20)
        // The second waits for room behind the first, which is written when the task waits.
        let senders = writers.map { writer in
            Task(executorPreference: pool) { for message in [[UInt8(ascii: "a")], large] { try await writer.write(message) } }
        }
        for sender in senders { try await sender.value }
        // As many jobs as there are threads can still wait for one another.
        let arrived = Count()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask(executorPreference: pool) {
                    arrived.add()
                    while arrived.value < 2 {}
                }
            }
        }
        for (end, writer) in zip(ends, writers) {
            async let all = Self.blocking { Self.readAll(end.reading.descriptor) }
            try await writer.drained()
            end.writing.close()
            #expect(try await all.count == large.count + 3)
        }
    }

    /// Room is for those who have waited longest, also where more waits to be written when there is some.
    @Test func whoeverWaitsIsServedBeforeThoseWhoComeLater() async throws {
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let writer = DescriptorWriter(writing.descriptor)
        func send(_ name: UInt8, _ count: Int) -> Task<Void, any Error> {
            Task { try await writer.write([UInt8](repeating: name, count: count)) }
        }
        try await send(0, 600_000).value
        // It is being written, and gets no further.
        try await Self.blocking { Self.readExactly(1, from: reading.descriptor) }
        for name in 1...2 as ClosedRange<UInt8> { try await send(name, 300_000).value }
        var waiting: [Task<Void, any Error>] = []
        for name in 3...9 as ClosedRange<UInt8> {
            waiting.append(send(name + 10, name == 3 ? 700_000 : 1))
            while writer.waitingSenders < waiting.count { await Task.yield() }
        }
        // The first has been read to its end, and the next two wait to be written; nobody reads more before the third has its place.
        try await Self.blocking { Self.readExactly(600_001, from: reading.descriptor) }
        try await waiting[0].value
        #expect(writer.waitingSenders == 6)
        async let all = Self.blocking { Self.readAll(reading.descriptor) }
        for sender in waiting { try await sender.value }
        try await writer.drained()
        writing.close()
        let names = try await all.split(separator: 0x0A).compactMap(\.first)
        #expect(names == [1, 2, 13, 14, 15, 16, 17, 18, 19])
    }

    @Test func theMarkCanBeSet() async throws {
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let writer = DescriptorWriter(writing.descriptor, highWater: 200_000)
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: 150_000)
        for _ in 0..<2 { try await writer.write(large) }
        let sender = Task { try await writer.write(large) }
        while writer.waitingSenders == 0 { await Task.yield() }
        async let all = Self.blocking { Self.readAll(reading.descriptor) }
        try await sender.value
        try await writer.drained()
        writing.close()
        #expect(try await all.count == 3 * 150_001)
    }

    /// A server that takes no input any more.
    private static let deaf = """
        import sys, json, time
        for line in sys.stdin:
            m = json.loads(line)
            if m["method"] == "initialize":
                print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": {
                    "protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "deaf", "version": "1"}}}), flush=True)
            else:
                time.sleep(3600)
        """

    @Test func callsOfAServerThatDoesNotReadEndInTimeAndWithTheirTasks() async throws {
        let transport = StdioClientTransport(command: "python3", arguments: ["-u", "-c", Self.deaf], gracePeriod: .milliseconds(100))
        let client = try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake))
        let arguments: JSONObject = ["text": .string(String(repeating: "x", count: 1_200_000))]
        for _ in 0..<2 {
            let error = await #expect(throws: ClientError.self) {
                _ = try await client.callTool("t", arguments, options: RequestOptions(timeout: .zero, maximumTime: .zero))
            }
            guard case .timedOut? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
        let calls = (0..<2).map { _ in Task { try await client.callTool("t", arguments) } }
        for call in calls {
            call.cancel()
            await #expect(throws: CancellationError.self) { _ = try await call.value }
        }
        await client.close()
    }

    private static func call(_ id: Int, _ text: String) -> [UInt8] {
        let meta: JSONValue = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:]]
        let params: JSONObject = ["name": "echo", "arguments": ["text": .string(text)], "_meta": meta]
        return JSONRPCRequest(id: .integer(Int64(id)), method: "tools/call", params: params).json.serialized() + [0x0A]
    }

    /// The answer to the first is more than a socket or a pipe holds, and than may be unwritten before others wait.
    private static let requests = call(1, String(repeating: "x", count: 1_200_000)) + call(2, "x") + call(3, "x")

    @Test func aConnectionWhoseClientDoesNotReadEndsWhenItIsCancelled() async throws {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
        let type = Int32(SOCK_STREAM.rawValue)
        #else
        let type = SOCK_STREAM
        #endif
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        let (ours, theirs) = (DescriptorEnd(ends[0]), DescriptorEnd(ends[1]))
        let connection = try SocketConnection(ours, maximumMessageBytes: 16 << 20)
        let serving = Task {
            try await ServerConnection(server: FixtureServer.make(), sink: connection.output).run(connection.input)
            await connection.close(gracePeriod: .zero)
        }
        try await Self.blocking {
            try SystemCall.writeAll(Self.requests, to: theirs.descriptor)
            // The first answer is on its way, and gets no further.
            var byte: UInt8 = 0
            #expect(read(theirs.descriptor, &byte, 1) == 1)
        }
        serving.cancel()
        try await serving.value
    }

    @Test func aServerProcessWhoseHostDoesNotReadEndsWhenItIsTerminated() async throws {
        let process = Process()
        process.executableURL = URL(filePath: fixture)
        process.arguments = ["terminable"]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        let (exits, exit) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { exit.yield($0.terminationStatus) }
        try process.run()
        try await Self.blocking {
            try stdin.fileHandleForWriting.write(contentsOf: Data(Self.requests))
            #expect(try stdout.fileHandleForReading.read(upToCount: 1)?.count == 1)
        }
        process.terminate()
        #expect(await exits.first { _ in true } == 0)
    }

    private static func readExactly(_ count: Int, from descriptor: Int32) {
        var (left, buffer) = (count, [UInt8](repeating: 0, count: 1 << 16))
        while left > 0, case let count = read(descriptor, &buffer, min(left, buffer.count)), count > 0 { left -= count }
        #expect(left == 0)
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { all += buffer[..<count] }
        return all
    }

    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}
