import Synchronization

/// The last bytes that a process wrote to its standard error.
final class StandardErrorTail: Sendable {
    private let limit: Int
    private let bytes = Mutex<[UInt8]>([])

    init(limit: Int = 64 << 10) { self.limit = limit }

    func append(line: [UInt8]) {
        bytes.withLock { bytes in
            bytes.append(contentsOf: line.suffix(limit - 1))
            bytes.append(UInt8(ascii: "\n"))
            // Cut only now and then, so that a flood costs no copy a read.
            if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
        }
    }

    var text: String { String(decoding: bytes.withLock { $0.suffix(limit) }, as: UTF8.self) }

    /// The last lines that are not empty.
    func lines(_ count: Int) -> [String] {
        text.split(whereSeparator: \.isNewline).suffix(count).map { String($0.prefix(500)) }
    }
}
