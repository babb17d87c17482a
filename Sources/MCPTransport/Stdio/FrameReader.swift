import MCPCore
import MCPWorkers

/// Messages, one a line, as they come in.
protocol FrameReader: AsyncSequence, Sendable where Element == InboundFrames, Failure == any Error {
    /// Ends the sequence without waiting for the input to end.
    func stop()
}

enum FrameReaders {
    /// The reader of a server, which is polled by the threads that serve where there are such; else it has a thread of its own.
    /// - Parameter end: Is kept until nothing is read any more.
    static func forServer(_ end: DescriptorEnd, maximumLine: Int) throws(SystemError) -> any FrameReader {
        if let pool = WorkerPool.polling, pool.canPoll { return PolledReader(end.descriptor, maximumLine: maximumLine, pool: pool) }
        return try DescriptorReader(end.descriptor, maximumLine: maximumLine, keeping: end)
    }
}
