import TestSupport
import Testing

@testable import MCPCore
@testable import MCPQueues

/// The line in which requests wait for their turn, and the table that they stand in.
struct NumberedLineTests {
    @Test func eachMayLeaveBeforeItsTurn() {
        forSeeds(40) { random in
            var line = NumberedLine<Int>()
            var model: [(number: Int, value: Int)] = []
            for value in 0..<2000 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0, 1:
                    model.append((line.nextNumber, value))
                    line.append(value)
                case 2: try hold(line.popFirst() == (model.isEmpty ? nil : model.removeFirst().value), "popFirst at \(value)")
                default:
                    let number = Int.random(in: 0...value, using: &random)
                    let index = model.firstIndex { $0.number == number }
                    try hold(line.remove(number) == index.map { model.remove(at: $0).value }, "remove \(number)")
                    try hold(line.remove(number) == nil, "remove \(number) again")
                }
                try hold(line.count == model.count && line.isEmpty == model.isEmpty, "count at \(value)")
            }
            try hold(line.removeAll() == model.map(\.value), "the rest")
        }
    }

    @Test func whoeverLeavesLeavesNoPlaceBehindForEver() {
        var line = NumberedLine<Int>()
        line.append(-1)
        for value in 0..<10_000 {
            let number = line.nextNumber
            line.append(value)
            #expect(line.remove(number) == value)
            #expect(line.placeCount < 64)
        }
        #expect(line.popFirst() == -1)
    }

    @Test func whatWasTakenIsNotKeptAlive() {
        final class Thing {}
        var line = NumberedLine<Thing>()
        for _ in 0..<3 { line.append(Thing()) }
        weak let first = line.popFirst()
        weak let second = line.remove(1)
        #expect(first == nil && second == nil)
        #expect(line.count == 1)
    }

    /// `1` and `"1"` are different ids.
    @Test func aTableTellsNumbersFromNames() {
        var table = RequestTable<Int>()
        #expect(table.add(1) { 10 } && table.add("1") { 20 } && !table.add(1) { 30 } && !table.add("1") { 40 })
        #expect(table[1] == 10 && table["1"] == 20 && table[2] == nil)
        table[1] = nil
        #expect(table[1] == nil && table.all.map(\.id) == ["1"])
        #expect(table.add(1) { 50 } && table[1] == 50)
    }
}
