/// Memory that JSON is written to without asking for room byte by byte; its owner takes the bytes over at the end.
struct JSONOutput: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var next: UnsafeMutablePointer<UInt8>
    private var end: UnsafeMutablePointer<UInt8>
    /// Whether `start` is memory of this value's own, or what it was first given.
    private var isOwner = false

    init(_ first: UnsafeMutableRawBufferPointer) {
        let bytes = first.bindMemory(to: UInt8.self)
        // The temporary allocations that this is given are never empty.
        start = bytes.baseAddress ?? .allocate(capacity: 1)
        isOwner = bytes.baseAddress == nil
        next = start
        end = start + bytes.count
    }

    deinit {
        if isOwner { start.deallocate() }
    }

    var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: next - start) }

    @inline(__always) mutating func reserve(_ count: Int) {
        if end - next < count { grow(count) }
    }

    @inline(never) private mutating func grow(_ count: Int) {
        let used = next - start
        let capacity = max((end - start) * 4, used + count)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: used)
        if isOwner { start.deallocate() }
        isOwner = true
        start = larger
        next = larger + used
        end = larger + capacity
    }

    /// Writes a byte for which there is room.
    @inline(__always) private mutating func put(_ byte: UInt8) {
        next.pointee = byte
        next += 1
    }

    @inline(__always) mutating func write(_ byte: UInt8) {
        reserve(1)
        put(byte)
    }

    @inline(__always) mutating func write(literal text: StaticString) {
        write(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always) mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        reserve(bytes.count)
        next.update(from: source, count: bytes.count)
        next += bytes.count
    }

    @inline(never) mutating func write(unescaped text: String) {
        text.withBytes { write($0) }
    }

    // MARK: Numbers

    mutating func write(_ integer: Int64) {
        reserve(20)
        if integer < 0 { put(UInt8(ascii: "-")) }
        write(magnitude: integer.magnitude)
    }

    private mutating func write(magnitude: UInt64) {
        reserve(20)
        var digits = 1
        var bound: UInt64 = 10
        while digits < 20, magnitude >= bound {
            digits += 1
            bound = bound &* 10
            if digits == 20 { break }
        }
        var rest = magnitude
        var place = next + digits
        next = place
        repeat {
            place -= 1
            place.pointee = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest != 0
    }

    /// The shortest digits that read back as the same number, always with a fraction or an exponent; `null` for what JSON cannot say.
    mutating func write(_ double: Double) {
        // In this range every integer is exact.
        if double.magnitude < 0x1p53 {
            let magnitude = UInt64(double.magnitude)
            if Double(magnitude) == double.magnitude {
                reserve(24)
                if double.sign == .minus { put(UInt8(ascii: "-")) }
                write(magnitude: magnitude)
                write(literal: ".0")
                return
            }
        }
        if double.isFinite { write(unescaped: double.description) } else { write(literal: "null") }
    }

    // MARK: Strings

    @inline(__always) mutating func write(string: String) {
        let contiguous: Void? = string.utf8.withContiguousStorageIfAvailable { write(quoted: $0) }
        if contiguous == nil { Array(string.utf8).withUnsafeBufferPointer { write(quoted: $0) } }
    }

    @inline(__always) private mutating func write(quoted bytes: UnsafeBufferPointer<UInt8>) {
        let count = bytes.count
        // Words are stored whole, so up to seven bytes beyond the text are touched.
        reserve(count + 10)
        put(UInt8(ascii: "\""))
        if let base = bytes.baseAddress {
            // Locals, because a store through `next` could be one to `next` itself for all that the compiler knows.
            let source = UnsafeRawPointer(base)
            let target = UnsafeMutableRawPointer(next)
            var offset = count >= 64 ? Self.copyPlain(source, to: target, count: count) : 0
            while offset + 8 <= count {
                let word = source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                if Self.needsEscape(word) != 0 {
                    next += offset
                    return writeEscaped(bytes, from: offset)
                }
                target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
                offset += 8
            }
            let rest = count - offset
            if rest > 0 {
                let word = Self.lastWord(base, count, rest)
                if Self.needsEscape(word) & ((1 << UInt64(rest * 8)) &- 1) != 0 {
                    next += offset
                    return writeEscaped(bytes, from: offset)
                }
                target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
            }
            next += count
        }
        put(UInt8(ascii: "\""))
    }

    /// Copies the beginning of a long text up to about where something needs an escape, four words at a time.
    /// - Returns: How many bytes were copied.
    @inline(never)
    private static func copyPlain(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) -> Int {
        var offset = 0
        while offset + 32 <= count {
            let words = source.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            let quote = (words ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslash = (words ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let control = words &- 0x2020_2020_2020_2020
            let found = (quote | backslash | control) & ~words & 0x8080_8080_8080_8080
            if found != SIMD4(repeating: 0) { break }
            target.storeBytes(of: words, toByteOffset: offset, as: SIMD4<UInt64>.self)
            offset += 32
        }
        return offset
    }

    /// The last `rest` bytes of a text (fewer than eight), the first one lowest, zero above; nothing beyond the text is read.
    @inline(__always)
    private static func lastWord(_ base: UnsafePointer<UInt8>, _ count: Int, _ rest: Int) -> UInt64 {
        let end = UnsafeRawPointer(base + count)
        if count >= 8 {
            return UInt64(littleEndian: end.loadUnaligned(fromByteOffset: -8, as: UInt64.self)) >> UInt64(64 - rest * 8)
        }
        if rest >= 4 {
            let low = UInt64(UInt32(littleEndian: end.loadUnaligned(fromByteOffset: -rest, as: UInt32.self)))
            let high = UInt64(UInt32(littleEndian: end.loadUnaligned(fromByteOffset: -4, as: UInt32.self)))
            return low | high << UInt64(rest * 8 - 32)
        }
        let middle = rest >> 1
        return UInt64(base[0]) | UInt64(base[middle]) << UInt64(middle * 8) | UInt64(base[rest - 1]) << UInt64(rest * 8 - 8)
    }

    /// Not zero where one of eight bytes is a quote, a backslash or a control character; its lowest bit set belongs to the first of them.
    @inline(__always)
    private static func needsEscape(_ word: UInt64) -> UInt64 {
        let quote = (word ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
        let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
        let control = word &- 0x2020_2020_2020_2020
        return (quote | backslash | control) & ~word & 0x8080_8080_8080_8080
    }

    /// The rest of a string in which something needs an escape soon, and its closing quote.
    @inline(never)
    private mutating func writeEscaped(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        var run = start
        for offset in start..<bytes.count {
            let byte = bytes[offset]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            write(UnsafeBufferPointer(rebasing: bytes[run..<offset]))
            run = offset + 1
            reserve(6)
            put(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: put(UInt8(ascii: "b"))
            case 0x09: put(UInt8(ascii: "t"))
            case 0x0A: put(UInt8(ascii: "n"))
            case 0x0C: put(UInt8(ascii: "f"))
            case 0x0D: put(UInt8(ascii: "r"))
            case 0x20...: put(byte)
            default:
                put(UInt8(ascii: "u"))
                put(0x30)
                put(0x30)
                put(0x30 + byte >> 4)
                put(byte & 15 < 10 ? 0x30 + byte & 15 : 0x61 + byte & 15 - 10)
            }
        }
        write(UnsafeBufferPointer(rebasing: bytes[run...]))
        write(UInt8(ascii: "\""))
    }

    // MARK: Values

    /// Writes a value without white space.
    mutating func write(_ value: JSONValue) {
        withUnsafePointer(to: value) { write(at: $0) }
    }

    /// Writes the value that stands at `value`: one that was handed over would be copied first, which counts references up and down.
    private mutating func write(at value: UnsafePointer<JSONValue>) {
        switch value.pointee {
        case .null: write(literal: "null")
        case .bool(let value): value ? write(literal: "true") : write(literal: "false")
        case .integer(let value): write(value)
        case .double(let value): write(value)
        case .number(let value): write(unescaped: value.literal)
        case .string(let value): write(string: value)
        case .array(let elements):
            var separator = UInt8(ascii: "[")
            elements.withUnsafeBufferPointer { elements in
                guard let first = elements.baseAddress else { return }
                for index in 0..<elements.count {
                    write(separator)
                    separator = UInt8(ascii: ",")
                    write(at: first + index)
                }
            }
            if elements.isEmpty { write(separator) }
            write(UInt8(ascii: "]"))
        case .object(let object):
            var separator = UInt8(ascii: "{")
            object.members.withUnsafeBufferPointer { members in
                guard let first = members.baseAddress else { return }
                for index in 0..<members.count {
                    write(separator)
                    separator = UInt8(ascii: ",")
                    let member = first + index
                    write(string: member.pointee.key)
                    write(UInt8(ascii: ":"))
                    if let value = member.pointer(to: \.value) { write(at: value) }
                }
            }
            if object.isEmpty { write(separator) }
            write(UInt8(ascii: "}"))
        }
    }
}
