import MCPCore

/// What a user could ask of the tools that are connected, in words that this model understands.
struct Examples {
    let choice: ToolChoice

    /// Two or three questions, of different tools where there are several.
    var questions: [String] {
        var questions: [String] = []
        if !choice.structureTools.isEmpty { questions.append("Which tables are there?") }
        let others = choice.profiles.filter { $0.tool.isReadOnly && $0.statement == nil && !$0.tellsStructure }
        // What can be asked as it stands comes first, then what wants a word of the user's.
        let ready = others.compactMap { profile in Self.question(profile).map { (profile, $0) } }
        questions += ready.sorted { Self.rank($0.0) < Self.rank($1.0) }.map(\.1)
        return Array(questions.prefix(3))
    }

    private static func rank(_ profile: ToolProfile) -> Int { profile.searchText != nil ? 0 : profile.parameters.filter(\.isRequired).count + 1 }

    private static func question(_ profile: ToolProfile) -> String? {
        var words = Words.split(profile.tool.name)
        let server = Words.split(profile.tool.server)
        if words.count > server.count, Array(words.prefix(server.count)) == server { words.removeFirst(server.count) }
        let phrase = words.joined(separator: " ")
        let sentence = phrase.prefix(1).uppercased() + phrase.dropFirst()
        if profile.searchText != nil { return "\(sentence) about …" }
        let required = profile.parameters.filter { $0.isRequired && $0.schema["default"] == nil }
        // An identifier is nothing that a person types.
        guard !required.contains(where: ArgumentFiller.isIdentifier), required.count <= 1 else { return nil }
        guard let first = required.first else { return sentence }
        let name = Words.split(first.name).joined(separator: " ")
        let example = (first.schema["examples"]?.array?.first ?? first.choices.first).map(ResultText.plain)
        return example.map { "\(sentence) \(name) \($0)" } ?? "\(sentence) for … (\(name))"
    }
}
