import MCPCore
import Synchronization
import Testing

@testable import MCPStdio

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A client that reads nothing costs bounded memory: whoever writes to it waits.
@Suite(.timeLimit(.minutes(1))) struct BackPressureTests {
    @Test func whoeverFloodsAClientThatReadsNothingWaits() async throws {
        let pipe = try SystemCall.makePipe()
        let writer = DescriptorWriter(pipe.write)
        let message = [UInt8](repeating: UInt8(ascii: "x"), count: (64 << 10) - 1)
        let written = Count()
        let all = 500
        let flood = Task {
            for _ in 0..<all {
                try await writer.write(message)
                written.add()
            }
        }
        // 1 MiB may wait or be in writing, and the pipe holds some; more than that is never taken while nobody reads.
        while written.value < 16 { await Task.yield() }
        for _ in 0..<1000 { await Task.yield() }
        #expect(written.value <= 20)

        let (totals, total) = AsyncStream.makeStream(of: Int.self)
        try SystemCall.startThread {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            var sum = 0
            while sum < all << 16 {
                let count = read(pipe.read, &buffer, buffer.count)
                guard count > 0 else { break }
                sum += count
            }
            total.yield(sum)
        }
        try await flood.value
        #expect(await totals.first { _ in true } == all << 16)
        try await writer.drained()
        close(pipe.read)
        close(pipe.write)
    }

    /// A line that is complete counts with all of its bytes, however many reads it took.
    @Test func longLinesThatNobodyTakesAreNotReadOn() async throws {
        let pipe = try SystemCall.makePipe()
        let reader = try DescriptorReader(pipe.read, maximumLine: 16 << 20)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        let written = Count()
        let all = 20
        try SystemCall.startThread {
            for _ in 0..<all {
                do { try SystemCall.writeLine(line, to: pipe.write) } catch { break }
                written.add()
            }
            close(pipe.write)
        }
        while !reader.isPaused { await Task.yield() }
        // Its writer may not have come to count it.
        while written.value == 0 { await Task.yield() }
        for _ in 0..<1000 { await Task.yield() }
        // The second line stands in the pipe, with a part of it.
        #expect(written.value == 1)
        var taken = 0
        for try await case .messages(let lines) in reader { taken += lines.count }
        #expect(taken == all)
        close(pipe.read)
    }

    @Test func whoeverWaitsIsToldThatTheClientIsGone() async throws {
        SystemCall.ignoreBrokenPipes()
        let pipe = try SystemCall.makePipe()
        let writer = DescriptorWriter(pipe.write)
        let message = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
        let written = Count()
        let flood = Task {
            while true {
                try await writer.write(message)
                written.add()
            }
        }
        while written.value < 16 { await Task.yield() }
        close(pipe.read)
        await #expect(throws: TransportError.self) { try await flood.value }
        close(pipe.write)
    }
}

/// Counts from several tasks.
final class Count: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock(\.self) }
}
