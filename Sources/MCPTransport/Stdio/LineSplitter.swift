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
    /// How the line begins that is dropped.
    private var beginning: [UInt8] = []

    /// As much of a line that is dropped is given.
    private static let beginningLength = 512

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
                if !isDropping { drop(piece) }
                frames.append(takeDropped())
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
        if isDropping { return [takeDropped()] }
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
        if partial.count + rest.count > maximumLength { drop(rest) } else { partial.append(contentsOf: rest) }
    }

    /// - Parameter piece: What follows on what is there of the line.
    private mutating func drop(_ piece: UnsafeRawBufferPointer) {
        beginning = Array(partial.prefix(Self.beginningLength))
        beginning += piece.prefix(max(Self.beginningLength - partial.count, 0))
        partial = []
        isDropping = true
    }

    private mutating func takeDropped() -> InboundFrames {
        defer {
            isDropping = false
            beginning = []
        }
        return .tooLong(limit: maximumLength, beginning: beginning)
    }
}
