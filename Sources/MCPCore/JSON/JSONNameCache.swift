/// The names that a document has had so far, so that one that comes again shares its string instead of making it anew.
///
/// A direct-mapped table: a name that meets another in its place takes the place, so nothing grows and no input is slow.
struct JSONNameCache: ~Copyable {
    private typealias Entry = JSONNames.Entry

    private static let size = 128
    private static let longest = 40

    /// Absent for small documents, for which filling the table would cost more than it saves.
    private let entries: UnsafeMutablePointer<Entry>?
    private let known = JSONNames()

    init(forDocumentOf count: Int) {
        guard count >= 2048 else {
            entries = nil
            return
        }
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Self.size)
        entries.initialize(repeating: .none, count: Self.size)
        self.entries = entries
    }

    deinit {
        entries?.deinitialize(count: Self.size)
        entries?.deallocate()
    }

    @inline(__always) func string(_ text: JSONText, fingerprint: UInt64) -> String {
        if let string = known.string(text, fingerprint: fingerprint) { return string }
        guard let entries, text.isInDocument, text.count <= Self.longest else { return text.string() }
        let entry = entries + Int(truncatingIfNeeded: fingerprint & UInt64(Self.size - 1))
        if entry.pointee.text.hasSameBytes(as: text) { return entry.pointee.string }
        let string = text.string()
        entry.pointee = Entry(text: text, string: string)
        return string
    }
}
