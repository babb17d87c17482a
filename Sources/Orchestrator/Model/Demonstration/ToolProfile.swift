import MCPCore

/// What a tool seems to be for, read from its name, description and schema alone.
struct ToolProfile {
    struct Parameter {
        let name: String
        let schema: JSONValue
        let isRequired: Bool
        /// Concepts of the name.
        let nameConcepts: [String]
        /// Concepts of name and description.
        let concepts: Set<String>

        /// The type that a value has, the first that is not null where there are several.
        var type: String? {
            if let type = schema["type"]?.string { return type }
            if let type = schema["type"]?.array?.lazy.compactMap(\.string).first(where: { $0 != "null" }) { return type }
            for member in ["anyOf", "oneOf"] {
                if let type = schema[member]?.array?.lazy.compactMap({ $0["type"]?.string }).first(where: { $0 != "null" }) { return type }
            }
            return schema["enum"] == nil ? nil : "string"
        }
        var format: String? { schema["format"]?.string ?? schema["items"]?["format"]?.string }
        var choices: [JSONValue] { schema["enum"]?.array ?? [] }
        var isText: Bool { type == "string" && choices.isEmpty }
        var isTextList: Bool { type == "array" && [nil, "string"].contains(schema["items"]?["type"]?.string) }
        var isNumber: Bool { type == "integer" || type == "number" }

        func isNamed(_ concepts: Set<String>) -> Bool { nameConcepts.contains(where: concepts.contains) }
    }

    let tool: ModelTool
    let parameters: [Parameter]
    /// Concepts of the tool's own name, without the server's.
    let nameConcepts: Set<String>
    /// Concepts of its title and the first sentence of its description.
    let headConcepts: Set<String>
    /// Concepts of everything that it says, parameters included.
    let concepts: Set<String>

    init(_ tool: ModelTool) {
        self.tool = tool
        let required = Set(tool.inputSchema["required"]?.array?.compactMap(\.string) ?? [])
        parameters = (tool.inputSchema["properties"]?.object ?? [:]).map { name, schema in
            let names = Words.concepts(name)
            return Parameter(
                name: name, schema: schema, isRequired: required.contains(name), nameConcepts: names,
                concepts: Set(names + Words.concepts(schema["description"]?.string ?? "") + Words.concepts(schema["title"]?.string ?? "")))
        }
        let server = Words.split(tool.server)
        var name = Words.split(tool.name)
        // The name begins with the server's, which says nothing of this tool.
        if name.count > server.count, Array(name.prefix(server.count)) == server { name.removeFirst(server.count) }
        nameConcepts = Set(name.map(Words.concept))
        let sentence = tool.description.split(separator: ".", maxSplits: 1).first.map(String.init) ?? ""
        verbs = Set([name.first, Words.split(sentence).first].compactMap { $0.map(Words.concept) })
        headConcepts = Set(Words.concepts(tool.title ?? "") + Words.split(sentence).filter { !Words.isFiller($0) }.map(Words.concept))
        concepts = nameConcepts.union(headConcepts).union(Words.concepts(tool.description)).union(parameters.flatMap(\.concepts))
    }

    /// The words that say what it does: the first of its name and the first of its description.
    let verbs: Set<String>

    var actions: Set<Words.Action> { Set(nameConcepts.compactMap(Words.action)) }

    /// The parameter that takes a statement in SQL.
    var statement: Parameter? {
        parameters.first { $0.isText && $0.nameConcepts.contains("sql") } ?? parameters.first { $0.isText && $0.concepts.contains("sql") }
    }

    /// Whether it tells which tables and columns there are: it speaks of them and takes no statement.
    var tellsStructure: Bool {
        guard tool.isReadOnly, statement == nil else { return false }
        let own = nameConcepts.union(headConcepts)
        return own.intersection(Vocabulary.structure).count >= 2 || !nameConcepts.isDisjoint(with: Vocabulary.structure)
    }

    /// The parameter that names one table, for tools that describe one.
    var table: Parameter? { parameters.first { $0.isText && $0.isNamed(["tabl", "relation", "entiti"]) } }

    /// Who is to receive something.
    var recipients: Parameter? {
        parameters.first { ($0.isText || $0.isTextList) && $0.isNamed(Vocabulary.recipient) && !$0.isNamed(["sender", "from"]) }
            ?? parameters.first { ($0.isText || $0.isTextList) && $0.format == "email" && !$0.isNamed(["sender", "from"]) }
    }

    /// The text that is to be received.
    var body: Parameter? { parameters.first { $0.isText && $0.isNamed(Vocabulary.body) } }
    var subject: Parameter? { parameters.first { $0.isText && $0.isNamed(Vocabulary.subject) } }

    /// The words that it looks for.
    var searchText: Parameter? {
        guard tool.isReadOnly else { return nil }
        return parameters.first { $0.isText && $0.isNamed(Vocabulary.searchText) }
    }

    /// Whether it makes or sends something for a recipient.
    var composes: Bool { !tool.isReadOnly && recipients != nil }
}

/// Groups of concepts by which parameters and questions are recognised.
enum Vocabulary {
    static let structure = concepts("schema table column structure catalog catalogue relation database field")
    static let recipient = concepts("to recipient recipients addressee attendees invitees guests")
    static let body = concepts("body text content message note html markdown")
    static let subject = concepts("subject title headline topic summary")
    static let searchText = concepts("query q search text keyword keywords term terms phrase words pattern")
    /// What can be put in a letter.
    static let letter = concepts("mail note message letter summary recap overview digest text reply answer answers result results list table")
    static let limit = concepts("limit count top maximum max size number rows results")
    static let sender = concepts("from sender author")

    private static func concepts(_ words: String) -> Set<String> { Set(Words.concepts(words)) }
}
