import Foundation
import Testing

/// What a property says does not hold.
public struct Counterexample: Error, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
}

/// Throws a counterexample where the condition does not hold.
public func hold(_ condition: @autoclosure () throws -> Bool, _ counterexample: @autoclosure () -> String) throws {
    if try !condition() { throw Counterexample(description: counterexample()) }
}

/// Runs `body` for many seeds. Where it throws, the test fails with the seed, and `MCP_SEED` set to that seed runs it alone; after three failures
/// the rest is not tried.
public func forSeeds(
    _ count: UInt64, sourceLocation: Testing.SourceLocation = #_sourceLocation, _ body: (inout SeededGenerator) throws -> Void
) {
    let chosen = ProcessInfo.processInfo.environment["MCP_SEED"].flatMap(UInt64.init)
    var failures = 0
    for seed in chosen.map({ $0...$0 }) ?? 1...count where failures < 3 {
        var generator = SeededGenerator(seed: seed)
        do {
            try body(&generator)
        } catch {
            failures += 1
            Issue.record("seed \(seed) (MCP_SEED=\(seed) runs it alone): \(error)", sourceLocation: sourceLocation)
        }
    }
}
