import MCPCore
import MCPWorkers
import Synchronization
import TestSupport
import Testing

@testable import MCPStdio

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// Input that the threads of a pool wait for, and what they put off until several jobs have run.
@Suite(.timeLimit(.minutes(1))) struct PolledReaderTests {
    @Test func messagesComeInOrderHoweverTheyAreCut() async throws {
        let pipe = try Pipe()
        let reader = PolledReader(pipe.read, maximumLine: 1 << 20, pool: WorkerPool())
        let expected = (0..<500).map { String(repeating: "x", count: $0 * 7 % 900) + "\($0)" }
        // On a thread of its own: it waits for room in the pipe.
        try SystemCall.startThread {
            // Pieces that end where no line does.
            let bytes = Array(expected.map { $0 + "\n" }.joined().utf8)
            for start in stride(from: 0, to: bytes.count, by: 701) { pipe.send(bytes[start..<min(start + 701, bytes.count)]) }
            pipe.closeWriting()
        }
        #expect(try await lines(reader) == expected)
        pipe.closeReading()
    }

    @Test func severalSourcesAreWaitedForAtOnce() async throws {
        let pool = WorkerPool()
        let pipes = try (0..<8).map { _ in try Pipe() }
        let readers = pipes.map { PolledReader($0.read, maximumLine: 1 << 20, pool: pool) }
        try await withThrowingTaskGroup(of: [String].self) { group in
            for reader in readers { group.addTask(executorPreference: pool) { try await lines(reader) } }
            for round in 0..<50 {
                for pipe in pipes.reversed() { pipe.send(Array("\(round)\n".utf8)[...]) }
                await Task.yield()
            }
            for pipe in pipes { pipe.closeWriting() }
            for try await result in group { #expect(result == (0..<50).map(String.init)) }
        }
        for pipe in pipes { pipe.closeReading() }
    }

    /// Who computes holds the thread that would have waited for input; another takes that over.
    @Test func aJobThatComputesKeepsNobodyFromReading() async throws {
        let pool = WorkerPool()
        let pipe = try Pipe()
        let reader = PolledReader(pipe.read, maximumLine: 1 << 20, pool: pool)
        let computing = Computing()
        let reading = Task(executorPreference: pool) {
            for try await _ in reader { computing.isOver.store(true, ordering: .relaxed) }
        }
        let work = Task(executorPreference: pool) { computing.run() }
        while !computing.hasBegun.load(ordering: .relaxed) { await Task.yield() }
        pipe.send(Array("cancel\n".utf8)[...])
        await work.value
        pipe.closeWriting()
        try await reading.value
        pipe.closeReading()
    }

    @Test func stoppingEndsTheSequenceAndLetsTheDescriptorGo() async throws {
        let pool = WorkerPool()
        for _ in 0..<200 {
            let pipe = try Pipe()
            let reader = PolledReader(pipe.read, maximumLine: 1 << 20, pool: pool)
            let reading = Task(executorPreference: pool) { try await lines(reader) }
            pipe.send(Array("one\n".utf8)[...])
            await Task.yield()
            reader.stop()
            _ = try await reading.value
            pipe.closeReading()
            // Nobody reads any more, and nobody keeps the other end open by waiting for it.
            while pipe.send(Array("two\n".utf8)[...]) { await Task.yield() }
            pipe.closeWriting()
        }
    }

    @Test func whatIsPutOffIsDoneOnceForSeveralJobs() async throws {
        let pool = WorkerPool()
        let piece = Piece()
        await withTaskExecutorPreference(pool) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<1000 { group.addTask { piece.ask() } }
            }
        }
        while piece.done.load(ordering: .relaxed) == 0 || piece.isAsked.load(ordering: .relaxed) { await Task.yield() }
        #expect(piece.done.load(ordering: .relaxed) < 1000)
    }

    /// What another job on the same thread has to say does not wait for one that computes.
    @Test func whatIsPutOffDoesNotWaitForAJobThatComputes() async throws {
        let pool = WorkerPool()
        let piece = Piece()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask(executorPreference: pool) {
                    piece.ask()
                    while piece.done.load(ordering: .relaxed) == 0 {}
                }
            }
        }
        #expect(piece.done.load(ordering: .relaxed) >= 1)
    }

    private func lines(_ reader: PolledReader) async throws -> [String] {
        var all: [String] = []
        for try await case .messages(let messages) in reader { all += messages.map { String(decoding: $0, as: UTF8.self) } }
        return all
    }
}

/// Holds its thread until it is told to stop.
private final class Computing: Sendable {
    let hasBegun = Atomic(false)
    let isOver = Atomic(false)

    func run() {
        hasBegun.store(true, ordering: .relaxed)
        while !isOver.load(ordering: .relaxed) {}
    }
}

/// Counts how often it was done.
private final class Piece: DeferredWork {
    let done = Atomic(0)
    let isAsked = Atomic(false)

    func ask() {
        guard !isAsked.exchange(true, ordering: .relaxed) else { return }
        if !WorkerPool.defer(self) { catchUp() }
    }

    func catchUp() {
        isAsked.store(false, ordering: .relaxed)
        done.add(1, ordering: .relaxed)
    }
}

private struct Pipe {
    let read: Int32
    private let write: Int32

    init() throws {
        SystemCall.ignoreBrokenPipes()
        (read, write) = try SystemCall.makePipe()
    }

    @discardableResult func send(_ bytes: ArraySlice<UInt8>) -> Bool { (try? SystemCall.writeAll(Array(bytes), to: write)) != nil }
    func closeReading() { close(read) }
    func closeWriting() { close(write) }
}
