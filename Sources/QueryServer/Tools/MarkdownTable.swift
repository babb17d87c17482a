import MCPTransport

/// Rows as a Markdown table, for readers of text. Long cells are cut here; the structured result has them whole.
enum MarkdownTable {
    static let longestCell = 300

    static func text(columns: [String], rows: [[JSONValue]]) -> String {
        guard !columns.isEmpty else { return "" }
        let numeric = columns.indices.map { column in
            rows.contains { $0[column].double != nil } && rows.allSatisfy { $0[column].double != nil || $0[column].isNull }
        }
        let head = "| \(columns.map(escaped).joined(separator: " | ")) |"
        let rule = "|\(numeric.map { $0 ? "---:" : "---" }.joined(separator: "|"))|"
        let body = rows.map { "| \($0.map { escaped(cell($0)) }.joined(separator: " | ")) |" }
        return ([head, rule] + body).joined(separator: "\n")
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: "NULL"
        case .string(let text): text
        default: value.serializedString
        }
    }

    /// A cell stays on its line and in its column whatever it holds.
    private static func escaped(_ text: String) -> String {
        let cut = text.count > longestCell ? text.prefix(longestCell) + "…" : text[...]
        return cut.replacing("\\", with: "\\\\").replacing("|", with: "\\|").split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        )
        .joined(separator: " ")
    }
}
