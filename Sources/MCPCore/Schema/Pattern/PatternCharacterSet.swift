/// A set of Unicode scalars: ranges, and properties that are looked up.
struct PatternCharacterSet: Sendable {
    /// One bit for each of the first 128 scalars.
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    /// Sorted and disjoint ranges from 128 on.
    private var ranges: [ClosedRange<UInt32>] = []
    private var properties: [(test: UnicodePropertyTest, inverted: Bool)] = []
    private var isInverted = false

    init(_ ranges: [ClosedRange<UInt32>] = [], properties: [(test: UnicodePropertyTest, inverted: Bool)] = [], inverted: Bool = false) {
        var wide: [ClosedRange<UInt32>] = []
        for range in Self.merged(ranges) {
            if range.lowerBound < 128 {
                for scalar in range.lowerBound...min(127, range.upperBound) {
                    if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
                }
            }
            if range.upperBound >= 128 { wide.append(max(128, range.lowerBound)...range.upperBound) }
        }
        self.ranges = wide
        self.properties = properties
        isInverted = inverted
        if !properties.isEmpty { cacheProperties() }
    }

    /// Moves what the properties say about ASCII into the bitmap.
    private mutating func cacheProperties() {
        for code in UInt32(0)..<128 where properties.contains(where: { $0.test.holds(Unicode.Scalar(UInt8(code))) != $0.inverted }) {
            if code < 64 { low |= 1 << UInt64(code) } else { high |= 1 << UInt64(code - 64) }
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let code = scalar.value
        let found: Bool
        if code < 64 {
            found = low >> UInt64(code) & 1 == 1
        } else if code < 128 {
            found = high >> UInt64(code - 64) & 1 == 1
        } else {
            found = rangesContain(code) || properties.contains { $0.test.holds(scalar) != $0.inverted }
        }
        return found != isInverted
    }

    private func rangesContain(_ code: UInt32) -> Bool {
        var lower = 0
        var upper = ranges.count
        while lower < upper {
            let middle = (lower + upper) / 2
            if ranges[middle].contains(code) { return true }
            if ranges[middle].upperBound < code { lower = middle + 1 } else { upper = middle }
        }
        return false
    }

    static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound &+ 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in merged(ranges) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }

    // The classes of ECMA-262 section 22.2.2.9: digits and word characters are ASCII only.
    static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    static let word: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    static let space: [ClosedRange<UInt32>] = [
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ]
    static let lineTerminators: [ClosedRange<UInt32>] = [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]
}
