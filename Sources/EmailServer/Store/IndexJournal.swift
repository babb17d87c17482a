import MCPCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The index on disk: a file of lines, each a checksum and a JSON record, to which every change is appended.
///
/// The message files are the truth and the journal only saves reading them all. So every line is judged alone: one that is torn or damaged
/// is skipped, and what it said is read again from the files.
struct IndexJournal: ~Copyable {
    enum Change: Sendable, Hashable {
        case put(IndexRecord)
        case remove(id: String)
        /// The lowest number that no id has had.
        case next(Int)
    }

    let path: String
    let storage: MailStorage
    private var descriptor: Int32 = -1
    /// Lines in the file, those that were replaced later included.
    private(set) var lines = 0

    init(path: String, storage: MailStorage) {
        self.path = path
        self.storage = storage
    }

    /// The largest journal that is read; a larger one is made anew from the messages.
    static let maximumSize = 1 << 30

    /// Changes in the order in which they were written, and whether every line was whole.
    mutating func replay() throws -> (changes: [Change], isWhole: Bool) {
        guard let bytes = try storage.read(path, limit: Self.maximumSize) else { return ([], false) }
        var changes: [Change] = []
        var isWhole = true
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
            if end < bytes.endIndex, let change = Self.change(bytes[start..<end]) {
                changes.append(change)
            } else {
                isWhole = false
            }
            lines += 1
            start = end + 1
        }
        return (changes, isWhole)
    }

    mutating func append(_ changes: [Change]) throws {
        if descriptor < 0 { descriptor = try storage.openForAppending(path) }
        try storage.append(changes.flatMap(Self.line), to: descriptor, path: path)
        lines += changes.count
    }

    /// Writes a new journal that holds only `changes`, in one step.
    mutating func replace(_ changes: [Change], directory: String, temporary: String) throws {
        closeFile()
        try storage.place(changes.flatMap(Self.line), at: path, through: temporary, in: directory)
        lines = changes.count
    }

    mutating func closeFile() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    static func line(_ change: Change) -> [UInt8] {
        let json: JSONValue =
            switch change {
            case .put(let record): ["put": record.json]
            case .remove(let id): ["remove": .string(id)]
            case .next(let number): ["next": .integer(Int64(number))]
            }
        let text = json.serialized()
        return Array(CRC32.text(of: text).utf8) + [0x20] + text + [0x0A]
    }

    static func change(_ line: ArraySlice<UInt8>) -> Change? {
        guard line.count > 9, line[line.startIndex + 8] == 0x20 else { return nil }
        let text = Array(line.dropFirst(9))
        guard line.prefix(8).elementsEqual(CRC32.text(of: text).utf8), let json = try? JSONValue(parsing: text) else { return nil }
        if let record = json["put"].flatMap({ IndexRecord(json: $0) }) { return .put(record) }
        if let id = json["remove"]?.string { return .remove(id: id) }
        if let number = json["next"]?.integer, (1...IndexRecord.largestNumber).contains(Int(number)) { return .next(Int(number)) }
        return nil
    }
}

/// The CRC-32 of ISO 3309, as in gzip: finds torn and damaged lines.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { value, byte in table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
    }

    /// Eight hexadecimal digits.
    static func text(of bytes: some Sequence<UInt8>) -> String {
        let digits = String(checksum(bytes), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
