/// The names that a document has had so far, so that one that comes again shares its string instead of making it anew.
///
/// A direct-mapped table: a name that meets another in its place takes the place, so nothing grows and no input is slow.
struct JSONNameCache: ~Copyable {
    private struct Entry {
        var text: JSONText
        var string: String
    }

    private static let size = 128
    private static let longest = 40

    /// Absent for small documents, for which filling the table would cost more than it saves.
    private let entries: UnsafeMutablePointer<Entry>?

    init(forDocumentOf count: Int) {
        guard count >= 2048 else {
            entries = nil
            return
        }
        let nothing = Self.nothing
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Self.size)
        entries.initialize(repeating: Entry(text: nothing, string: ""), count: Self.size)
        self.entries = entries
    }

    deinit {
        entries?.deinitialize(count: Self.size)
        entries?.deallocate()
    }

    /// A text without bytes, in memory that is never freed.
    private static var nothing: JSONText {
        let empty: StaticString = ""
        return JSONText(start: empty.utf8Start, count: 0, isASCII: true, isInDocument: false)
    }

    @inline(__always) func string(_ text: JSONText, fingerprint: UInt64) -> String {
        guard let entries, text.isInDocument, text.count <= Self.longest else { return text.string() }
        let entry = entries + Int(truncatingIfNeeded: fingerprint & UInt64(Self.size - 1))
        if entry.pointee.text.hasSameBytes(as: text) { return entry.pointee.string }
        let string = text.string()
        entry.pointee = Entry(text: text, string: string)
        return string
    }
}
