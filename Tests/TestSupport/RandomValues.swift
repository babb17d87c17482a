import MCPCore

/// A type whose values can be made at random, with its edges more often than chance would have them.
public protocol RandomlyMade {
    static func random(using random: inout SeededGenerator) -> Self
}

extension RandomlyMade where Self: CaseIterable {
    public static func random(using random: inout SeededGenerator) -> Self {
        let cases = Array(allCases)
        return cases[Int.random(in: cases.indices, using: &random)]
    }
}

extension Bool: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Bool { random.next() & 1 == 0 }
}

extension FixedWidthInteger {
    fileprivate static func withEdges(using random: inout SeededGenerator) -> Self {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: [.min, .max, 0, 1].randomElement(using: &random) ?? 0
        case 1: Self.random(in: 0...100, using: &random)
        default: Self.random(in: .min ... .max, using: &random)
        }
    }
}

extension Int: RandomlyMade { public static func random(using random: inout SeededGenerator) -> Int { withEdges(using: &random) } }
extension Int8: RandomlyMade { public static func random(using random: inout SeededGenerator) -> Int8 { withEdges(using: &random) } }
extension UInt32: RandomlyMade { public static func random(using random: inout SeededGenerator) -> UInt32 { withEdges(using: &random) } }
extension UInt64: RandomlyMade { public static func random(using random: inout SeededGenerator) -> UInt64 { withEdges(using: &random) } }

extension Double: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Double {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return [0, 0.1, -1.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e21].randomElement(using: &random) ?? 0
        case 1: return Double(Int.random(in: -100_000...100_000, using: &random)) / 1000
        default:
            let double = Double(bitPattern: random.next())
            return double.isFinite ? double : 0.25
        }
    }
}

extension Float: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Float {
        let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
        return float.isFinite ? float : 0.1
    }
}

extension String: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> String {
        let scalars =
            [0x00...0x1F, 0x20...0x7E, 0x61...0x7A, 0x7F...0x7FF, 0x800...0xD7FF, 0xE000...0xF000, 0x10000...0x10FFFF]
            as [ClosedRange<UInt32>]
        var text = ""
        let kinds = Int.random(in: 0..<3, using: &random) == 0 ? scalars : [scalars[2]]
        for _ in 0..<Int.random(in: 0...24, using: &random) {
            guard let kind = kinds.randomElement(using: &random) else { continue }
            if let scalar = UnicodeScalar(UInt32.random(in: kind, using: &random)) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

extension Optional: RandomlyMade where Wrapped: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Wrapped? {
        Bool.random(using: &random) ? nil : Wrapped.random(using: &random)
    }
}

extension Array: RandomlyMade where Element: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> [Element] {
        (0..<Int.random(in: 0...4, using: &random)).map { _ in Element.random(using: &random) }
    }
}

extension Set: RandomlyMade where Element: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Set<Element> { Set([Element].random(using: &random)) }
}

extension Dictionary: RandomlyMade where Key: RandomlyMade, Value: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> [Key: Value] {
        Dictionary([Key].random(using: &random).map { ($0, Value.random(using: &random)) }, uniquingKeysWith: { $1 })
    }
}

extension Duration: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Duration {
        let seconds = Int64(Int.random(using: &random))
        let attoseconds = [0, 500_000_000_000_000_000, 1, Int64.random(in: 0..<1_000_000_000_000_000_000, using: &random)].randomElement(using: &random) ?? 0
        return Duration(secondsComponent: seconds, attosecondsComponent: seconds < 0 ? -attoseconds : attoseconds)
    }
}

extension Timestamp: RandomlyMade {
    public static func random(using random: inout SeededGenerator) -> Timestamp {
        let edges: [Int64] = [-62_167_219_200, 253_402_300_799, 0, -1, 951_782_400, 951_868_800, -2_203_891_200]
        let seconds = Bool.random(using: &random) ? edges.randomElement(using: &random) : .random(in: -62_167_219_200...253_402_300_799, using: &random)
        let attoseconds = [0, 1, 500_000_000_000_000_000, Int64.random(in: 0..<1_000_000_000_000_000_000, using: &random)].randomElement(using: &random)
        guard let made = Timestamp(seconds: seconds ?? 0, attoseconds: attoseconds ?? 0) else {
            preconditionFailure("every second of these years is a timestamp")
        }
        return made
    }
}

extension JSONValue {
    /// A value of any kind, at most that deep.
    public static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 13 : 9), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(.random(in: -1000...1000, using: &random))
        case 3: return .integer(Int64(bitPattern: random.next()))
        case 4: return .double(.random(using: &random))
        case 5: return .double(Double(Int.random(in: -100_000...100_000, using: &random)) / 1000)
        case 6, 7, 8: return .string(.random(using: &random))
        case 9, 10:
            let count = Int.random(in: 0...6, using: &random)
            return .array((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
        default:
            let count = Int.random(in: 0...20, using: &random)
            return .object(
                JSONObject((0..<count).map { ("\($0)\(String.random(using: &random))", .random(depth: depth / 2, using: &random)) }))
        }
    }
}
