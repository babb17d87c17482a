import CAllocations
import Foundation

/// What was measured, as a line of JSON for whoever makes the table.
struct Figure: Encodable {
    var name: String
    /// Microseconds of processor time.
    var microseconds: Double
    var allocations: Double?

    static func print(_ name: String, microseconds: Double, allocations: Double? = nil) throws {
        let figure = Figure(name: name, microseconds: microseconds, allocations: allocations)
        Swift.print(String(decoding: try JSONEncoder().encode(figure), as: UTF8.self))
    }
}

enum Clock {
    /// Processor time of this thread, in seconds.
    static var thread: Double { time(CLOCK_THREAD_CPUTIME_ID) }
    /// Processor time of this process, in seconds.
    static var process: Double { time(CLOCK_PROCESS_CPUTIME_ID) }

    private static func time(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Processor time of each body, in microseconds a round: the medians of five runs, taken in turn.
func inTurn(rounds: Int, _ bodies: [() throws -> Void]) throws -> [Double] {
    var times = [[Double]](repeating: [], count: bodies.count)
    for _ in 0..<5 {
        for (index, body) in bodies.enumerated() {
            let start = Clock.thread
            for _ in 0..<rounds { try body() }
            times[index].append((Clock.thread - start) / Double(rounds) * 1e6)
        }
    }
    return times.map { $0.sorted()[$0.count / 2] }
}

/// Allocations of one round; `nil` where they cannot be counted.
func allocations(rounds: Int, _ body: () async throws -> Void) async rethrows -> Double? {
    let start = allocation_count()
    for _ in 0..<rounds { try await body() }
    let count = allocation_count() - start
    return allocation_count() == 0 ? nil : Double(count) / Double(rounds)
}
