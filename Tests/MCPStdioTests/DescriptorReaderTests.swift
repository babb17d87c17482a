import MCPCore
import Testing

@testable import MCPStdio

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How reading ends where the input does not.
@Suite(.timeLimit(.minutes(1))) struct DescriptorReaderTests {
    private static let long = [UInt8](repeating: UInt8(ascii: "x"), count: DescriptorReader.maximumBehind)
    /// Less than a pipe holds.
    private static let short = [UInt8](repeating: UInt8(ascii: "y"), count: 20_000)

    /// Nobody takes the first line, so that the others stand in the pipe when the reader is ended.
    private static func reading(_ end: (DescriptorReader) -> Void) async throws -> [Int] {
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let reader = try DescriptorReader(reading.descriptor, maximumLine: 1 << 20, keeping: reading)
        let (ends, isWritten) = AsyncStream.makeStream(of: Void.self)
        try SystemCall.startThread {
            // What is read with the first line is read before the reader pauses.
            _ = try? SystemCall.writeLine(long, to: writing.descriptor)
            while !reader.isPaused { sched_yield() }
            for rest in [short + [UInt8(ascii: "\n")], short, Array("\nhalf".utf8)] { _ = try? SystemCall.writeAll(rest, to: writing.descriptor) }
            isWritten.finish()
        }
        for await _ in ends {}
        end(reader)
        var lines: [Int] = []
        for try await case .messages(let some) in reader { lines += some.map(\.count) }
        // The other end was open all the while.
        withExtendedLifetime(writing) {}
        return lines
    }

    @Test func whatStandsInThePipeIsReadAtTheEnd() async throws {
        #expect(try await Self.reading { $0.finish() } == [Self.long.count, Self.short.count, Self.short.count, 4])
    }

    @Test func whoStopsWaitsForNothingOfIt() async throws {
        #expect(try await Self.reading { $0.stop() } == [Self.long.count])
    }

    /// A process that outlives a server and holds its standard error may go on writing.
    @Test func whoeverNeverStopsWritingIsNotReadForEver() async throws {
        SystemCall.ignoreBrokenPipes()
        let pipe = try SystemCall.makePipe()
        let reading = DescriptorEnd(pipe.read)
        let reader = try DescriptorReader(reading.descriptor, maximumLine: 1 << 20, keeping: reading)
        let written = Count()
        try SystemCall.startThread {
            while (try? SystemCall.writeAll(Self.short + [UInt8(ascii: "\n")], to: pipe.write)) != nil { written.add() }
            close(pipe.write)
        }
        while written.value == 0 { await Task.yield() }
        reader.finish()
        for try await _ in reader {}
        reading.close()
    }
}
