/// The content of a string in UTF-8, where it stands in the document or, after escapes were decoded, beside it.
struct JSONText {
    let start: UnsafePointer<UInt8>
    let count: Int
    let isASCII: Bool
    /// Whether it stands in the document, where it stays as long as the document is parsed.
    let isInDocument: Bool

    /// Equal texts have equal fingerprints; different texts mostly have different ones.
    @inline(__always) var fingerprint: UInt64 {
        let raw = UnsafeRawPointer(start)
        var mixed = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        if count >= 8 {
            mixed ^= raw.loadUnaligned(as: UInt64.self) &* 0xC2B2_AE3D_27D4_EB4F
            mixed ^= raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self) &* 0x1656_67B1_9E37_79F9
            if count > 16 { mixed ^= raw.loadUnaligned(fromByteOffset: (count >> 1) - 4, as: UInt64.self) &* 0x2545_F491_4F6C_DD1D }
        } else if count >= 4 {
            let low = UInt64(raw.loadUnaligned(as: UInt32.self))
            let high = UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
            mixed ^= (low | high << 32) &* 0xC2B2_AE3D_27D4_EB4F
        } else if count > 0 {
            mixed ^= (UInt64(start[0]) | UInt64(start[count >> 1]) << 8 | UInt64(start[count - 1]) << 16) &* 0xC2B2_AE3D_27D4_EB4F
        }
        return mixed ^ (mixed >> 29)
    }

    /// The text as a string, byte for byte.
    @inline(__always) func string() -> String {
        if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
            // The bytes were checked when the text was scanned.
            String(copying: UTF8Span(unchecked: UnsafeBufferPointer(start: start, count: count).span, isKnownASCII: isASCII))
        } else {
            String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
        }
    }

    @inline(__always) func hasSameBytes(as other: JSONText) -> Bool {
        count == other.count && Self.sameBytes(start, other.start, count: count)
    }

    @inline(__always)
    static func sameBytes(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, count: Int) -> Bool {
        let first = UnsafeRawPointer(one)
        let second = UnsafeRawPointer(other)
        func isSame<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type, at offset: Int) -> Bool {
            first.loadUnaligned(fromByteOffset: offset, as: type) == second.loadUnaligned(fromByteOffset: offset, as: type)
        }
        // What is left at the end is compared with some of what stands before it, so that it takes one comparison.
        if count >= 8 {
            var offset = 0
            while offset + 8 <= count {
                if !isSame(UInt64.self, at: offset) { return false }
                offset += 8
            }
            return isSame(UInt64.self, at: count - 8)
        }
        if count >= 4 { return isSame(UInt32.self, at: 0) && isSame(UInt32.self, at: count - 4) }
        for offset in 0..<count where one[offset] != other[offset] { return false }
        return true
    }

    /// The same for texts that are mostly long and mostly the same: four words at a time.
    @inline(__always)
    static func sameLongBytes(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, count: Int) -> Bool {
        var offset = 0
        while offset + 32 <= count {
            let words = UnsafeRawPointer(one).loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            if words != UnsafeRawPointer(other).loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self) { return false }
            offset += 32
        }
        return sameBytes(one + offset, other + offset, count: count - offset)
    }
}

extension String {
    /// Whether both are the same bytes in UTF-8: `==` would also take canonically equivalent strings for equal.
    @inline(__always) func hasSameBytes(as other: String) -> Bool {
        // Short strings hold their bytes in themselves: most comparisons that come out equal are decided here.
        #if _pointerBitWidth(_64)
        let (one, two) = (unsafeBitCast(self, to: (UInt64, UInt64).self), unsafeBitCast(other, to: (UInt64, UInt64).self))
        if one == two { return true }
        // So are most that come out different: up to 15 bytes, their number and whether they are ASCII is all that these words hold then, so that equal strings have equal ones.
        // Bit 61 marks such strings (`_StringObject`: part of the stable ABI on Apple's systems; a test holds it against strings of every length). On Android another does.
        #if !os(Android)
        if one.1 & two.1 & (1 << 61) != 0 { return false }
        #endif
        #endif
        guard utf8.count == other.utf8.count else { return false }
        let answer = utf8.withContiguousStorageIfAvailable { one in
            other.utf8.withContiguousStorageIfAvailable { other in sameBytes(one, other) }
        }
        return (answer ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// Calls `body` with the bytes of the string in UTF-8.
    @inline(__always) func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
    }
}

@inline(__always)
func sameBytes(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    guard let first = one.baseAddress, let second = other.baseAddress else { return true }
    return JSONText.sameBytes(first, second, count: one.count)
}
