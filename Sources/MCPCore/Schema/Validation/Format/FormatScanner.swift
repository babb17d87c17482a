/// Reads ASCII text from left to right.
struct FormatScanner {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Takes the character when it comes next, in the given case.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == character.value else { return false }
        position += 1
        return true
    }

    /// Takes one of the characters.
    mutating func take(oneOf characters: String) -> Bool {
        guard let next, characters.utf8.contains(next) else { return false }
        position += 1
        return true
    }

    /// Takes exactly that many digits and returns their value.
    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Takes one digit or more; `false` where there is none.
    mutating func someDigits() -> Bool {
        let start = position
        while digit() != nil {}
        return position > start
    }

    /// Takes one digit or more as decimal places, and returns them in units of 10⁻¹⁸; those beyond the eighteenth are dropped.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit = digit() {
            if count < 18 { value = value * 10 + Int64(digit) }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 18 - count) { value *= 10 }
        return value
    }

    private mutating func digit() -> Int? {
        guard let next, (0x30...0x39).contains(next) else { return nil }
        position += 1
        return Int(next) - 0x30
    }
}

extension UInt8 {
    var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
    var isHexadecimalDigit: Bool { isASCIIDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self) }
}
