import MCPCore

/// Things that a tool found, as a Markdown list: what a thing is called in bold, then what else is told of it.
struct ItemList {
    private let items: [JSONObject]
    private let total: Int?

    init(_ items: [JSONObject], total: Int?) {
        self.items = items
        self.total = total
    }

    var markdown: String {
        var lines = items.prefix(ResultText.rowLimit).map(Self.line)
        if items.count > ResultText.rowLimit { lines.append("\nThe first \(ResultText.rowLimit) of \(total ?? items.count).") }
        return lines.joined(separator: "\n")
    }

    private static func line(_ item: JSONObject) -> String {
        let main = mainMember(of: item)
        let title = main.flatMap { item[$0] }.map { text($0, limit: 120) } ?? ""
        let details = item.compactMap { name, value -> String? in
            guard name != main, !isIdentifier(name) else { return nil }
            return detail(name, value)
        }
        let bold = title.isEmpty ? "" : "**\(title)**"
        return "- " + ([bold] + [details.prefix(5).joined(separator: " · ")]).filter { !$0.isEmpty }.joined(separator: " — ")
    }

    /// The member that a person knows the thing by: its title where it has one, else the first text that is no identifier.
    private static func mainMember(of item: JSONObject) -> String? {
        let texts = item.filter { $0.value.string?.isEmpty == false }.map(\.key)
        for wanted in titles {
            if let name = texts.first(where: { Words.concepts($0).contains(wanted) && !isIdentifier($0) }) { return name }
        }
        return texts.first { !isIdentifier($0) } ?? texts.first
    }

    private static func detail(_ name: String, _ value: JSONValue) -> String? {
        let label = Words.split(name).joined(separator: " ")
        switch value {
        case .null, .bool(false): return nil
        case .bool(true): return label
        case .string(let text): return text.isEmpty ? nil : self.text(value, limit: 160)
        case .array(let elements):
            let texts = elements.compactMap(\.string)
            return texts.isEmpty ? nil : "\(label): \(text(.string(texts.joined(separator: ", ")), limit: 160))"
        case .object(let object):
            let texts = object.compactMap { $0.value.string }
            return texts.isEmpty ? nil : text(.string(texts.joined(separator: " ")), limit: 160)
        default: return "\(label): \(ResultText.plain(value))"
        }
    }

    private static func isIdentifier(_ name: String) -> Bool {
        ["id", "uid", "uuid", "guid", "key", "handl", "cursor"].contains(Words.concepts(name).last ?? "")
    }

    /// On one line, and without marks that would end the bold text.
    private static func text(_ value: JSONValue, limit: Int) -> String {
        let line = ResultText.plain(value).split(whereSeparator: { $0.isNewline || $0 == "*" }).joined(separator: " ")
        return line.count <= limit ? line : String(line.prefix(limit - 1)) + "…"
    }

    private static let titles = Words.concepts("subject title name headline label summary")
}
