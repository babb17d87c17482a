import Synchronization
import TestSupport
import Testing

@testable import MCPQueues

/// Queues whose cost does not grow with what waits in them.
@Suite(.timeLimit(.minutes(1))) struct WaitingLineTests {
    @Test func aQueueGivesWhatItWasGivenInOrder() {
        var (queue, model) = (FIFOQueue<Int>(), [Int]())
        var generator = SeededGenerator(seed: 7)
        for number in 0..<20_000 {
            // It grows, and then shrinks.
            if Int.random(in: 0..<3, using: &generator) < (number < 10_000 ? 2 : 1) {
                queue.append(number)
                model.append(number)
            } else {
                #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count && queue.isEmpty == model.isEmpty)
        }
        queue.removeAll { $0.isMultiple(of: 2) }
        model.removeAll { $0.isMultiple(of: 2) }
        while let number = queue.popFirst() { #expect(number == model.removeFirst()) }
        #expect(model.isEmpty)
    }

    @Test func whatWasTakenIsNotKeptAlive() {
        final class Thing {}
        var queue = FIFOQueue<Thing>()
        for _ in 0..<3 { queue.append(Thing()) }
        weak let first = queue.popFirst()
        #expect(first == nil)
        #expect(queue.count == 2)
    }

    @Test func eachMayLeaveBeforeItsTurnAndComeAgain() {
        var line = WaitingLine<String, Int>()
        for (number, key) in ["a", "b", "c"].enumerated() { line.append(number, for: key) }
        #expect(line.remove("a") == 0)
        #expect(line.remove("a") == nil && !line.contains("a"))
        // Behind the others, not where it stood before.
        line.append(3, for: "a")
        #expect(line.count == 3 && line.contains("a"))
        #expect([line.popFirst(), line.popFirst(), line.popFirst(), line.popFirst()] == [1, 2, 3, nil])
        for number in 0..<5 { line.append(number, for: "\(number)") }
        #expect(line.remove("2") == 2)
        #expect(line.removeAll() == [0, 1, 3, 4])
        #expect(line.isEmpty)
    }

    @Test func whoeverLeavesLeavesNoPlaceBehindForEver() {
        var line = WaitingLine<Int, Int>()
        line.append(-1, for: -1)
        for number in 0..<10_000 {
            line.append(number, for: number)
            #expect(line.remove(number) == number)
            #expect(line.places.count < 64)
        }
        #expect(line.popFirst() == -1)
    }

    /// A key that counts how often it is compared.
    private struct Key: Hashable {
        static let comparisons = Mutex(0)
        let number: Int
        static func == (one: Key, other: Key) -> Bool {
            comparisons.withLock { $0 += 1 }
            return one.number == other.number
        }
        func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    @Test func theCostOfOneDoesNotGrowWithTheOthers() {
        var line = WaitingLine<Key, Int>()
        let count = 4096
        for number in 0..<count {
            let key = Key(number: number)
            #expect(!line.contains(key))
            line.append(number, for: key)
        }
        for number in stride(from: 0, to: count, by: 2) { #expect(line.remove(Key(number: number)) == number) }
        for number in stride(from: 1, to: count, by: 2) { #expect(line.popFirst() == number) }
        let comparisons = Key.comparisons.withLock(\.self)
        #expect(comparisons < 32 * count, "\(comparisons)")
    }
}
