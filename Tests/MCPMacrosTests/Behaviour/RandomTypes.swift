import MCPMacros
import TestSupport

extension Forecast: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Forecast { Forecast(temperature: .random(using: &random)) }
}

extension Priority: CaseIterable, RandomlyMade { static var allCases: [Priority] { [.low, .high] } }
extension Colour: CaseIterable, RandomlyMade { static var allCases: [Colour] { [.red, .green, .default] } }
extension Level: RandomlyMade {}
extension Urgency: RandomlyMade {}
extension Size: CaseIterable, RandomlyMade { static var allCases: [Size] { [.small, .large] } }
extension Order: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Order { Bool.random(using: &random) ? .ascending : .descending }
}

extension Place: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Place {
        Place(latitude: .random(using: &random), longitude: .random(using: &random))
    }
}

extension Trip: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Trip { Trip(start: .random(using: &random), end: .random(using: &random)) }
}

extension Author: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Author { Author(name: .random(using: &random), home: .random(using: &random)) }
}

extension Tree: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Tree { make(depth: 4, using: &random) }

    private static func make(depth: Int, using random: inout SeededGenerator) -> Tree {
        let count = depth == 0 ? 0 : Int.random(in: 0...3, using: &random)
        return Tree(name: .random(using: &random), children: (0..<count).map { _ in make(depth: depth - 1, using: &random) })
    }
}

extension SearchQuery: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> SearchQuery {
        var query = SearchQuery(text: .random(using: &random))
        query.limit = .random(in: 1...50, using: &random)
        query.order = .random(using: &random)
        query.label = .random(using: &random)
        query.mailboxes = ["inbox"] + .random(using: &random)
        query.folder = .random(using: &random)
        query.weights = .random(using: &random)
        query.seen = .random(using: &random)
        query.default = .random(using: &random)
        return query
    }
}

extension Shape: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Shape { make(depth: 3, using: &random) }

    private static func make(depth: Int, using random: inout SeededGenerator) -> Shape {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: .point
        case 1: .circle(radius: .random(using: &random), filled: .random(using: &random))
        case 2: .text(.random(using: &random))
        case 3: .polygon(.random(using: &random), name: .random(using: &random))
        case 4: .link(.random(using: &random), in: .random(using: &random))
        default: .group(members: (0..<Int.random(in: 0...3, using: &random)).map { _ in make(depth: depth - 1, using: &random) })
        }
    }
}

extension Expression: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Expression { make(depth: 4, using: &random) }

    private static func make(depth: Int, using random: inout SeededGenerator) -> Expression {
        switch Int.random(in: 0..<(depth > 0 ? 3 : 1), using: &random) {
        case 0: .number(.random(using: &random))
        case 1: .sum(left: make(depth: depth - 1, using: &random), right: make(depth: depth - 1, using: &random))
        default: .negated(make(depth: depth - 1, using: &random))
        }
    }
}

extension Drawing: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Drawing {
        Drawing(shapes: .random(using: &random), heading: .random(using: &random), footer: .random(using: &random))
    }
}

extension Bounded: RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Bounded {
        Bounded(
            ratio: Double(Int.random(in: 1...3, using: &random)) / 4, code: ["ab", "xyz"].randomElement(using: &random) ?? "ab",
            tags: [[], ["a"], ["é", "e\u{301}"]].randomElement(using: &random) ?? [], wait: .milliseconds(Int.random(in: 0...60_000, using: &random)),
            at: .random(using: &random))
    }
}
