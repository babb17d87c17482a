/// The value of a JSON number as its significant decimal digits and a power of ten, whatever way it was written.
///
/// `1`, `1.0`, `10e-1` and `0.1E1` have the same digits and the same exponent.
struct JSONDecimal: Sendable, Hashable {
    var isNegative: Bool
    /// ASCII digits without zeros at either end; none for zero.
    var digits: [UInt8]
    /// The power of ten that the number has with the decimal point before its first digit: 0 for `0.5`, 1 for `5`.
    /// At most about ± 10¹², which stands for everything beyond.
    var exponent: Int

    /// Takes a literal that follows the grammar of RFC 8259 section 6, or what `Double.description` writes.
    init(literal: String) {
        self = literal.withBytes { bytes in JSONDecimal(bytes: bytes) }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        digits = []
        exponent = 0
        var isBehindPoint = false
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "0") where digits.isEmpty:
                if isBehindPoint { exponent -= 1 }
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte)
                if !isBehindPoint { exponent += 1 }
            case UInt8(ascii: "."):
                isBehindPoint = true
            default:
                var written = 0
                var isExponentNegative = false
                for byte in bytes[index...] {
                    if byte == UInt8(ascii: "-") { isExponentNegative = true }
                    if byte &- 0x30 < 10, written < 1 << 40 { written = written * 10 + Int(byte - 0x30) }
                }
                exponent += isExponentNegative ? -written : written
                index = bytes.count
            }
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.isEmpty { exponent = 0 }
    }

    /// The `Double` whose shortest form has the same digits; `nil` where there is none, so that taking it would round.
    var exactDouble: Double? {
        if digits.isEmpty { return isNegative ? -0.0 : 0.0 }
        // No shortest form is longer than 17 digits, and none is outside of these powers.
        guard digits.count <= 17, -330...310 ~= exponent else { return nil }
        let literal = "\(isNegative ? "-" : "")0.\(String(decoding: digits, as: UTF8.self))e\(exponent)"
        guard let double = Double(literal), double.isFinite, double != 0 else { return nil }
        return JSONDecimal(literal: double.description) == self ? double : nil
    }
}
