import MCPQueues
import TestSupport
import Testing

/// A queue whose cost does not grow with what waits in it.
struct FIFOQueueTests {
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
}
