/// A decimal number of any size, exact: digits times a power of ten. JSON numbers are decimals, and `multipleOf` and bounds
/// are about the number that is written, not about the nearest binary fraction.
struct ExactDecimal: Sendable, Hashable {
    private(set) var isNegative = false
    /// The digits, most significant first, without zeros at either end; none for zero.
    private(set) var digits: [UInt8] = []
    /// The power of ten of the last digit.
    private(set) var exponent = 0

    /// Exponents beyond this are taken for this; the digits of no document come near.
    private static let maximumExponent = 1 << 40

    init(_ value: Int64) {
        isNegative = value < 0
        var rest = value.magnitude
        while rest > 0 {
            digits.append(UInt8(rest % 10))
            rest /= 10
        }
        digits.reverse()
        normalize()
    }

    /// Reads a number as JSON writes it, and as `Double.description` does; `nil` for anything else, such as `nan`.
    init?(literal: String) {
        var isFraction = false
        var bytes = literal.utf8.makeIterator()
        var byte = bytes.next()
        if byte == 0x2D {
            isNegative = true
            byte = bytes.next()
        }
        while let current = byte {
            switch current {
            case 0x30...0x39:
                digits.append(current - 0x30)
                if isFraction { exponent -= 1 }
            case 0x2E where !isFraction: isFraction = true
            case 0x45, 0x65:
                guard let power = Self.exponent(&bytes) else { return nil }
                exponent += power
                byte = nil
                continue
            default: return nil
            }
            byte = bytes.next()
        }
        if digits.isEmpty { return nil }
        normalize()
    }

    private static func exponent(_ bytes: inout String.UTF8View.Iterator) -> Int? {
        var byte = bytes.next()
        let isNegative = byte == 0x2D
        if byte == 0x2D || byte == 0x2B { byte = bytes.next() }
        var value = 0
        guard byte != nil else { return nil }
        while let current = byte {
            guard (0x30...0x39).contains(current) else { return nil }
            value = min(value * 10 + Int(current - 0x30), maximumExponent)
            byte = bytes.next()
        }
        return isNegative ? -value : value
    }

    /// The number that a JSON value is; `nil` where it is none or not finite.
    init?(_ value: JSONValue) {
        switch value {
        case .integer(let value): self.init(value)
        case .double(let value): self.init(literal: value.description)
        case .number(let value): self.init(literal: value.literal)
        default: return nil
        }
    }

    private mutating func normalize() {
        if let first = digits.firstIndex(where: { $0 != 0 }) {
            digits.removeFirst(first)
            while digits.last == 0 {
                digits.removeLast()
                exponent += 1
            }
        } else {
            digits = []
            exponent = 0
            isNegative = false
        }
    }

    var isZero: Bool { digits.isEmpty }
    var isInteger: Bool { exponent >= 0 }

    /// The number as a 64-bit integer, where it is one.
    var int64: Int64? {
        guard isInteger, digits.count + exponent <= 19 else { return nil }
        var value: UInt64 = 0
        for digit in digits { value = value * 10 + UInt64(digit) }
        for _ in 0..<exponent {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        return isNegative ? (value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil) : Int64(exactly: value)
    }

    /// The digits as an integer; `nil` where they do not fit.
    var significand: UInt64? {
        guard digits.count <= 19 else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt64($1) }
    }

    /// Whether this is an integer times `divisor`, of which there are at most 19 digits.
    func isMultiple(of divisor: ExactDecimal) -> Bool {
        if isZero { return true }
        guard let modulus = divisor.significand, modulus > 0 else { return false }
        // The digits end in no zero, so a finer number than the divisor is no multiple of it.
        let shift = exponent - divisor.exponent
        if shift < 0 { return false }
        func product(_ one: UInt64, _ other: UInt64) -> UInt64 {
            let wide = one.multipliedFullWidth(by: other)
            return modulus.dividingFullWidth((wide.high % modulus, wide.low)).remainder
        }
        var remainder: UInt64 = 0
        for digit in digits {
            // Both parts are below the modulus, which is below 2^64 / 1.8.
            let next = product(remainder, 10)
            let added = UInt64(digit) % modulus
            remainder = next >= modulus - added ? next - (modulus - added) : next + added
        }
        var power = shift
        var base = 10 % modulus
        while power > 0, remainder != 0 {
            if power & 1 == 1 { remainder = product(remainder, base) }
            base = product(base, base)
            power >>= 1
        }
        return remainder == 0
    }

    /// Negative, zero or positive as this number is less than, equal to or greater than the other.
    func order(_ other: ExactDecimal) -> Int {
        if isZero || other.isZero || isNegative != other.isNegative {
            let (one, two) = (sign, other.sign)
            return one == two ? 0 : one < two ? -1 : 1
        }
        return isNegative ? -magnitudeOrder(other) : magnitudeOrder(other)
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    private func magnitudeOrder(_ other: ExactDecimal) -> Int {
        let (one, two) = (digits.count + exponent, other.digits.count + other.exponent)
        if one != two { return one < two ? -1 : 1 }
        for (one, two) in zip(digits, other.digits) where one != two { return one < two ? -1 : 1 }
        return digits.count == other.digits.count ? 0 : digits.count < other.digits.count ? -1 : 1
    }
}

extension JSONValue {
    var isNumber: Bool {
        switch self {
        case .integer, .double, .number: true
        default: false
        }
    }

    /// Whether this is a number without a fraction, however it is written.
    var isIntegral: Bool {
        switch self {
        case .integer: true
        case .double(let value): value.isFinite && value == value.rounded()
        case .number(let value): ExactDecimal(literal: value.literal)?.isInteger ?? false
        default: false
        }
    }

    /// Negative, zero or positive as this number is less than, equal to or greater than the other, exactly.
    func numericOrder(_ other: JSONValue) -> Int {
        switch (self, other) {
        case (.integer(let one), .integer(let two)): return one == two ? 0 : one < two ? -1 : 1
        // Of two doubles that stand for their shortest decimal digits the order is that of the decimals.
        case (.double(let one), .double(let two)): return one == two ? 0 : one < two ? -1 : 1
        case (.integer(let one), .double(let two)) where one.magnitude < 1 << 53:
            return Double(one) == two ? 0 : Double(one) < two ? -1 : 1
        case (.double(let one), .integer(let two)) where two.magnitude < 1 << 53:
            return one == Double(two) ? 0 : one < Double(two) ? -1 : 1
        default:
            if let one = ExactDecimal(self), let two = ExactDecimal(other) { return one.order(two) }
            let (one, two) = (double ?? .nan, other.double ?? .nan)
            return one == two ? 0 : one < two ? -1 : 1
        }
    }
}
