/// Where a page of results ends. It belongs to one query, and messages that came in after the first page stay out of the later ones.
struct SearchCursor: Sendable, Hashable {
    var offset: Int
    var arrivedUntil: Int

    init(offset: Int, arrivedUntil: Int) {
        self.offset = offset
        self.arrivedUntil = arrivedUntil
    }

    /// - Throws: `MailInputError` where the text is no cursor of that query.
    init(parsing text: String, query: String) throws(MailInputError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let offset = Int(parts[0], radix: 36), let arrived = Int(parts[1], radix: 36), offset > 0, arrived >= 0,
            parts[2] == CRC32.text(of: query.utf8)
        else {
            throw .field(
                "cursor", reason: "it does not belong to this query; pass `nextCursor` of the last result with the same query, or none")
        }
        self.init(offset: offset, arrivedUntil: arrived)
    }

    func text(query: String) -> String {
        "\(String(offset, radix: 36)).\(String(arrivedUntil, radix: 36)).\(CRC32.text(of: query.utf8))"
    }
}
