import MCPCore

/// A tool's result as Markdown: rows as a table, one object as a list of its members, text as it is.
struct ResultText {
    static let rowLimit = 20
    private static let columnLimit = 8
    private static let cellLimit = 80

    /// The result as JSON, where it is JSON.
    let value: JSONValue?
    private let text: String

    init(_ content: String) {
        // A note that the result was shortened may stand on lines of its own behind it.
        let first = content.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
        value =
            [content, first].lazy.compactMap { text -> JSONValue? in
                guard text.first == "{" || text.first == "[" else { return nil }
                return try? JSONValue(parsing: text)
            }.first
        text = content
    }

    /// Every object in the result that has members of plain values, in the order in which they stand.
    var objects: [JSONObject] {
        var found: [JSONObject] = []
        func collect(_ value: JSONValue) {
            switch value {
            case .array(let elements): elements.forEach(collect)
            case .object(let object):
                if object.contains(where: { $0.value.object == nil && $0.value.array == nil }) { found.append(object) }
                object.forEach { collect($0.value) }
            default: break
            }
        }
        if let value { collect(value) }
        return found
    }

    /// Whether the result says that nothing was found: all lists in it are empty.
    var isEmpty: Bool {
        guard let value else { return text.isEmpty }
        if let array = value.array { return array.isEmpty }
        let lists = value.object?.compactMap { $0.key == "columns" ? nil : $0.value.array } ?? []
        return !lists.isEmpty && lists.allSatisfy(\.isEmpty)
    }

    struct Rows {
        var columns: [String]
        var rows: [[JSONValue]]
        /// How many there are, where the result says so.
        var total: Int?
        var isTruncated: Bool
        /// Whether the result had the shape of a table itself, rather than that of a list of things.
        var isTabular = true
    }

    /// The result's rows, where it has any.
    var rows: Rows? {
        guard let value else { return nil }
        let total = ["totalRows", "total", "rowCount", "count"].lazy.compactMap { value[$0]?.integer }.first.map(Int.init)
        let isTruncated = ["truncated", "isTruncated", "hasMore"].contains { value[$0]?.bool == true }
        if let columns = value["columns"]?.array, let rows = value["rows"]?.array {
            let names = columns.map { $0.string ?? $0["name"]?.string ?? "" }
            let cells = rows.map { row in row.array ?? names.map { row[$0] ?? .null } }
            return Rows(columns: names, rows: cells, total: total, isTruncated: isTruncated)
        }
        let list = things
        guard let first = list.first else { return nil }
        // Members that are themselves lists or objects do not fit a cell.
        let names = first.keys.filter { name in list.contains { $0[name].map { $0.array == nil && $0.object == nil && !$0.isNull } ?? false } }
        guard !names.isEmpty else { return nil }
        return Rows(columns: names, rows: list.map { row in names.map { row[$0] ?? .null } }, total: total, isTruncated: isTruncated, isTabular: false)
    }

    /// The objects of the result's list, where it has one.
    private var things: [JSONObject] {
        guard let value else { return [] }
        let list = value.array ?? value.object?.lazy.compactMap { $0.value.array }.first { $0.contains { $0.object != nil } }
        return list?.compactMap(\.object) ?? []
    }

    var markdown: String {
        guard let value else { return text }
        if let rows { return rows.isTabular ? Self.table(rows) : ItemList(things, total: rows.total).markdown }
        switch value {
        case .array(let elements): return elements.prefix(Self.rowLimit).map { "- \(Self.plain($0))" }.joined(separator: "\n")
        case .object(let object): return Self.members(object)
        default: return Self.plain(value)
        }
    }

    static func table(_ given: Rows) -> String {
        // Of many columns the first say most; identifiers at the end are left to the card.
        let columns = Array(given.columns.prefix(columnLimit))
        var lines = ["| " + columns.map(cell).joined(separator: " | ") + " |"]
        let isNumeric = columns.indices.map { column in given.rows.allSatisfy { row in row[column].double != nil || row[column].isNull } && !given.rows.isEmpty
        }
        lines.append("| " + isNumeric.map { $0 ? "---:" : "---" }.joined(separator: " | ") + " |")
        for row in given.rows.prefix(rowLimit) {
            lines.append("| " + columns.indices.map { $0 < row.count ? cell(plain(row[$0])) : "" }.joined(separator: " | ") + " |")
        }
        if given.rows.count > rowLimit { lines.append("\nThe first \(rowLimit) of \(given.total ?? given.rows.count).") }
        return lines.joined(separator: "\n")
    }

    private static func members(_ object: JSONObject) -> String {
        var parts: [String] = []
        var long: [String] = []
        for (name, value) in object where !value.isNull {
            switch value {
            case .string(let text) where text.contains("\n") || text.count > 200:
                long.append(text.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }.joined(separator: "\n"))
            case .array(let elements) where elements.isEmpty: continue
            case .array(let elements) where elements.allSatisfy({ $0.object == nil }):
                parts.append("- **\(title(name))**: \(elements.map(plain).joined(separator: ", "))")
            case .array(let elements): parts.append("- **\(title(name))**: \(elements.count)")
            case .object(let inner): parts.append("- **\(title(name))**: " + inner.map { "\(title($0.key)) \(plain($0.value))" }.joined(separator: ", "))
            default: parts.append("- **\(title(name))**: \(plain(value))")
            }
        }
        return (parts.isEmpty ? [] : [parts.joined(separator: "\n")]).appending(long).joined(separator: "\n\n")
    }

    /// `sentAt` and `sent_at` read "Sent at".
    private static func title(_ name: String) -> String {
        let words = Words.split(name).joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    static func plain(_ value: JSONValue) -> String {
        switch value {
        case .null: "–"
        case .bool(let value): value ? "yes" : "no"
        case .string(let text): text
        case .double(let number): amount(number)
        default: value.serializedString
        }
    }

    /// A sum of binary fractions has a tail that nobody wrote (14048.199999999999): such a number reads with two decimals.
    static func amount(_ number: Double) -> String {
        let written = JSONValue.double(number).serializedString
        let fraction = written.split(separator: ".").dropFirst().first ?? ""
        guard fraction.count > 6, fraction.allSatisfy(\.isNumber), abs(number) >= 0.01, abs(number) < 1e13 else { return written }
        let cents = Int64((number * 100).rounded())
        guard cents % 100 != 0 else { return String(cents / 100) }
        let rest = String(cents.magnitude % 100)
        return "\(cents < 0 ? "-" : "")\(cents.magnitude / 100).\(rest.count < 2 ? "0" : "")\(rest)"
    }

    private static func cell(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ").split(separator: "|", omittingEmptySubsequences: false).joined(
            separator: "\\|")
        return line.count <= cellLimit ? line : String(line.prefix(cellLimit - 1)) + "…"
    }
}

extension Array {
    fileprivate func appending(_ other: [Element]) -> [Element] { self + other }
}
