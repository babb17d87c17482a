import MCPCore

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
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let piece = rest[rest.startIndex..<end]
            rest = rest[(end + 1)...]
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
        let line = finish([])
        return line.isEmpty ? [] : [.messages([line])]
    }

    private mutating func finish(_ piece: some Collection<UInt8>) -> [UInt8] {
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

    private mutating func keep(_ rest: Slice<UnsafeRawBufferPointer>) {
        guard !isDropping else { return }
        if partial.count + rest.count > maximumLength {
            partial = []
            isDropping = true
        } else {
            partial.append(contentsOf: rest)
        }
    }
}
