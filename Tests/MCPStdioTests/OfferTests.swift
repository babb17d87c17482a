import MCPCore
import Testing

@testable import MCPStdio

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writing by somebody who cannot wait.
@Suite(.timeLimit(.minutes(1))) struct OfferTests {
    private static let large = [UInt8](repeating: UInt8(ascii: "a"), count: 300_000)

    @Test func whatIsOfferedIsTakenWhereThereIsRoomAndLeftOutWhereThereIsNone() async throws {
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let writer = DescriptorWriter(writing.descriptor, highWater: 200_000)
        #expect(try writer.offer(Self.large))
        // More than may be unwritten is, since nobody reads.
        for _ in 0..<3 { #expect(try !writer.offer(Array("refused".utf8))) }
        #expect(writer.waitingSenders == 0)
        let lines = try lines(of: reading)
        try await writer.drained()
        #expect(try writer.offer(Array("taken".utf8)))
        try await writer.drained()
        writing.close()
        #expect(await lines.first { _ in true } == [Self.large, Array("taken".utf8)])
    }

    /// A message that waits for room goes first: whoever offers does not pass it.
    @Test func whoeverOffersIsRefusedWhileAnotherWaits() async throws {
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let writer = DescriptorWriter(writing.descriptor, highWater: 200_000)
        #expect(try writer.offer(Self.large))
        let sender = Task { try await writer.write(Array("waited".utf8)) }
        while writer.waitingSenders == 0 { await Task.yield() }
        #expect(try !writer.offer(Array("refused".utf8)))
        let lines = try lines(of: reading)
        try await sender.value
        try await writer.drained()
        writing.close()
        #expect(await lines.first { _ in true } == [Self.large, Array("waited".utf8)])
    }

    @Test func nobodyIsToldSoWhereTheOtherEndIsGone() async throws {
        SystemCall.ignoreBrokenPipes()
        let pipe = try SystemCall.makePipe()
        let (reading, writing) = (DescriptorEnd(pipe.read), DescriptorEnd(pipe.write))
        let writer = DescriptorWriter(writing.descriptor)
        reading.close()
        _ = try writer.offer(Array("lost".utf8))
        await #expect(throws: TransportError.self) { try await writer.drained() }
        #expect(throws: TransportError.self) { try writer.offer(Array("lost too".utf8)) }
    }

    /// The lines that stand in a pipe, once it has ended.
    private func lines(of reading: DescriptorEnd) throws -> AsyncStream<[[UInt8]]> {
        let (results, result) = AsyncStream.makeStream(of: [[UInt8]].self)
        try SystemCall.startThread {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = read(reading.descriptor, &buffer, buffer.count), count > 0 { all += buffer[..<count] }
            result.yield(all.split(separator: 0x0A).map(Array.init))
        }
        return results
    }
}
