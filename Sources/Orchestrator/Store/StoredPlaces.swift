import GRDB

/// The places of a conversation's entries: 0, 1, 2 … without a gap, each entry once.
enum StoredPlaces {
    struct Row: Hashable {
        var position: Int
        /// Of its entry.
        var id: String
    }

    /// The place that each row belongs to; nil for a row whose entry stands further up.
    ///
    /// The one further up is the newer: an entry was written again at the place where it was taken to be, which is never behind its own.
    static func kept(_ rows: [Row]) -> [Int?] {
        var seen: Set<String> = []
        return rows.map { row in
            guard seen.insert(row.id).inserted else { return nil }
            return seen.count - 1
        }
    }

    /// Puts every row to its place.
    static func repair(_ conversation: String, in database: Database, rows: [Row]) throws {
        for (row, place) in zip(rows, kept(rows)) where place != row.position {
            if let place {
                // In order, so that the place is free by now.
                try database.execute(
                    sql: "UPDATE entry SET position = ? WHERE conversation = ? AND position = ?", arguments: [place, conversation, row.position])
            } else {
                try database.execute(sql: "DELETE FROM entry WHERE conversation = ? AND position = ?", arguments: [conversation, row.position])
            }
        }
    }
}
