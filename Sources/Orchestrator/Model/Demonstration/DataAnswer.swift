import MCPCore

/// Answers about tables: which there are, what is in one, and statements over them.
struct DataAnswer {
    typealias Move = DemonstrationPlanner.Move

    let reading: ConversationReading
    let choice: ToolChoice
    let catalogue: TableCatalogue
    let filler: (ToolProfile) -> ArgumentFiller

    private var question: Question { reading.question }

    /// The table that the question names.
    private var named: TableCatalogue.Table? {
        let words = question.tokens.filter { !$0.isQuoted && !["tabl", "databas", "schema", "column", "field"].contains($0.concept) }
        return catalogue.named(by: words)?.table
    }

    /// Whether the question names a table.
    var isDirect: Bool { named != nil }

    /// Nil where the question fits no table.
    func move() -> Move? {
        if let table = named, asksForColumns { return describing(table) }
        if named == nil, asksForTables { return .say(overview) }
        guard let tool = choice.statementTool, let parameter = tool.statement,
            let statement = SQLComposer(catalogue, question: question).statement()
        else { return named.map { describing($0) } }
        // A tool that tells columns only for one table at a time is asked for this one's.
        if statement.table.columns.isEmpty, case .call = describing(statement.table) { return describing(statement.table) }
        var arguments = facts(of: statement.table, for: tool)
        arguments[parameter.name] = .string(statement.sql)
        let missing = tool.parameters.filter { $0.isRequired && arguments[$0.name] == nil && $0.schema["default"] == nil }
        guard missing.isEmpty else { return nil }
        return .call(tool: tool.tool.name, arguments: arguments)
    }

    private var asksForColumns: Bool {
        question.contains(Set(Words.concepts("column field schema structure describe definition attributes properties")))
            || (question.contains(words: ["look"]) && question.contains(words: ["like"]))
    }

    private var asksForTables: Bool {
        question.contains(Set(Words.concepts("table tables schema structure database datasets data")))
            && question.subjects.allSatisfy { token in
                Self.structureWords.contains(token.concept)
            }
    }

    private static let structureWords = Set(
        Words.concepts(
            "table schema structure database dataset data information info thing things stuff kind kinds sort overview content contents available inside hold contain store stored contained exist sql number count query tell know columns"
        ))

    /// What the table's own object tells, for parameters of the same names: on which connection it is, for example.
    private func facts(of table: TableCatalogue.Table, for tool: ToolProfile) -> JSONObject {
        var arguments: JSONObject = [:]
        for parameter in tool.parameters {
            if let fact = table.facts[parameter.name], fact.string != nil || fact.integer != nil { arguments[parameter.name] = fact }
        }
        return arguments
    }

    private func describing(_ table: TableCatalogue.Table) -> Move {
        if table.columns.isEmpty, let tool = choice.structureTools.first(where: { $0.table != nil }), let parameter = tool.table,
            !reading.steps.contains(where: { $0.call.name == tool.tool.name })
        {
            var arguments = facts(of: table, for: tool)
            arguments[parameter.name] = .string(table.name)
            return .call(tool: tool.tool.name, arguments: arguments)
        }
        let rows = ResultText.Rows(
            columns: ["Column", "Type"], rows: table.columns.map { [.string($0.name), .string($0.type)] }, total: table.columns.count, isTruncated: false)
        return .say("The table **\(table.displayName)** has \(table.columns.count) columns:\n\n\(ResultText.table(rows))")
    }

    var overview: String {
        guard !catalogue.isEmpty else { return "No table was told of." }
        let rows = ResultText.Rows(
            columns: ["Table", "Columns"],
            rows: catalogue.tables.map { [.string($0.displayName), .string($0.columns.map(\.name).joined(separator: ", "))] },
            total: catalogue.tables.count, isTruncated: false)
        let count = catalogue.tables.count == 1 ? "There is 1 table" : "There are \(catalogue.tables.count) tables"
        return "\(count):\n\n\(ResultText.table(rows))"
    }

    var unknown: String {
        guard !catalogue.isEmpty else { return "I cannot answer that: no connected tool matches your words, and no table was told of." }
        let names = catalogue.tables.map { "**\($0.displayName)**" }.joined(separator: ", ")
        return
            "I cannot answer that: no connected tool matches your words, and they name none of the tables (\(names)). I am only the built-in demonstration model; ask for the rows, the number or a ranking of one of them."
    }

    func report(_ step: ConversationReading.Step) -> String {
        let result = step.result
        guard let rows = result.rows else { return result.isEmpty ? "The query found no rows." : result.markdown }
        guard !rows.rows.isEmpty else { return "The query found no rows." }
        if rows.rows.count == 1, rows.columns.count == 1, let value = rows.rows[0].first {
            let label = Words.split(rows.columns[0]).joined(separator: " ")
            return "The \(label) is **\(ResultText.plain(value))**."
        }
        let more = rows.isTruncated ? "\n\nThere are more rows than the query returned." : ""
        return "Here \(rows.rows.count == 1 ? "is the row" : "are the \(min(rows.rows.count, ResultText.rowLimit)) rows"):\n\n\(ResultText.table(rows))\(more)"
    }
}
