import MCPCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Cuts bytes into lines, each one message. Lines that are too long are dropped as they come, so that memory stays bounded.
struct LineSplitter: Sendable {
    private let maximumLength: Int
    private var partial: [UInt8] = []
    private var isDropping = false

    init(maximumLength: Int) { self.maximumLength = maximumLength }

    /// Takes bytes and gives what they complete, in order.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [InboundFrames] {
        var frames: [InboundFrames] = []
        var lines: [[UInt8]] = []
        var rest = bytes
        while let end = Self.lineBreak(in: rest) {
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
            if isDropping || partial.count + piece.count > maximumLength {
                if !lines.isEmpty { frames.append(.messages(lines)) }
                lines = []
                frames.append(.tooLong(limit: maximumLength))
                isDropping = false
                partial = []
                continue
            }
            let line = finish(piece)
            if !line.isEmpty { lines.append(line) }
        }
        keep(rest)
        if !lines.isEmpty { frames.append(.messages(lines)) }
        return frames
    }

    /// What stands behind the last line break when the input ends: a message too, if it is one.
    mutating func end() -> [InboundFrames] {
        defer {
            partial = []
            isDropping = false
        }
        if isDropping { return [.tooLong(limit: maximumLength)] }
        let line = finish(UnsafeRawBufferPointer(start: nil, count: 0))
        return line.isEmpty ? [] : [.messages([line])]
    }

    private mutating func finish(_ piece: UnsafeRawBufferPointer) -> [UInt8] {
        var line: [UInt8]
        if partial.isEmpty {
            line = Array(piece)
        } else {
            partial.append(contentsOf: piece)
            line = partial
            partial = []
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    private static func lineBreak(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress, let found = memchr(start, 0x0A, bytes.count) else { return nil }
        return UnsafeRawPointer(found) - start
    }

    private mutating func keep(_ rest: UnsafeRawBufferPointer) {
        guard !isDropping else { return }
        if partial.count + rest.count > maximumLength {
            partial = []
            isDropping = true
        } else {
            partial.append(contentsOf: rest)
        }
    }
}
