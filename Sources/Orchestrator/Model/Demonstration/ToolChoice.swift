import Foundation

/// Finds the tool that a question means, by the words that both use.
struct ToolChoice {
    struct Candidate {
        let profile: ToolProfile
        let score: Double
        /// The question's first subject stands in the tool's name, and what is asked to be done fits it.
        let isDecisive: Bool
        /// Concepts of the question that the tool speaks of.
        let matched: Set<String>
    }

    let profiles: [ToolProfile]
    private let documentFrequency: [String: Int]

    init(_ tools: [ModelTool]) {
        profiles = tools.map(ToolProfile.init)
        var frequency: [String: Int] = [:]
        for profile in profiles {
            for concept in profile.concepts { frequency[concept, default: 0] += 1 }
        }
        documentFrequency = frequency
    }

    /// The names of the servers that offer tools, each once, in their order.
    var servers: [String] {
        var seen: Set<String> = []
        return profiles.map(\.tool.server).filter { seen.insert($0).inserted }
    }

    var structureTools: [ToolProfile] { profiles.filter(\.tellsStructure) }
    var statementTool: ToolProfile? { profiles.first { $0.statement != nil && $0.tool.isReadOnly } ?? profiles.first { $0.statement != nil } }

    /// The tools that fit, the best first: those that tell of tables or take statements are left to the data's own way.
    func candidates(for question: Question) -> [Candidate] {
        profiles.enumerated().compactMap { index, profile -> (Int, Candidate)? in
            guard profile.statement == nil, !profile.tellsStructure else { return nil }
            return candidate(profile, question).map { (index, $0) }
        }
        .sorted { $0.1.score != $1.1.score ? $0.1.score > $1.1.score : $0.0 < $1.0 }
        .map(\.1)
    }

    private func candidate(_ profile: ToolProfile, _ question: Question) -> Candidate? {
        var score = 0.0
        var matched: Set<String> = []
        let subjects = question.tokens.filter { !$0.isFiller && $0.number == nil && !$0.isAddress }
        for token in subjects where matched.insert(token.concept).inserted {
            let weight = log(1 + Double(profiles.count) / Double(documentFrequency[token.concept] ?? 1)) + 0.3
            let place =
                profile.nameConcepts.contains(token.concept)
                ? 3.0
                : profile.headConcepts.contains(token.concept)
                    ? 2.0
                    : profile.concepts.contains(token.concept) ? 0.7 : 0
            guard place > 0 else {
                matched.remove(token.concept)
                continue
            }
            score += place * (token.action == nil ? weight : 0.6 * weight)
        }
        let nouns = subjects.filter { $0.action == nil }
        guard nouns.contains(where: { matched.contains($0.concept) }) else { return nil }
        let actions = Set(question.tokens.compactMap(\.action))
        if !profile.tool.isReadOnly {
            // What changes something is called only when that is asked for.
            let own = profile.actions.subtracting([.retrieve])
            guard !question.asksToKnow else { return nil }
            if own.isEmpty {
                // "Book a table": the verb is the tool's own, and so is what it is to be done with.
                guard let verb = question.spoken.first, profile.verbs.contains(verb.concept), !verb.word.hasSuffix("s"),
                    nouns.contains(where: { $0.concept != verb.concept && profile.nameConcepts.union(profile.headConcepts).contains($0.concept) })
                else { return nil }
            } else if own.isDisjoint(with: actions) {
                return nil
            }
        } else if !actions.isEmpty, actions.isDisjoint(with: [.retrieve]), !actions.isSubset(of: profile.actions) {
            score *= 0.3
        }
        if profile.tool.isReadOnly {
            // What the question says beside the tool's words needs a place to go: a search takes it, a bare list would pass it over.
            let isNamed = question.tokens.contains { $0.action != nil && $0.concept != Words.concept("show") && profile.nameConcepts.contains($0.concept) }
            if nouns.contains(where: { !matched.contains($0.concept) && !Moment.isWord($0.word) }) {
                if profile.searchText != nil { score *= 1.5 } else if !profile.parameters.contains(where: { $0.isText || $0.isTextList }) { score *= 0.5 }
            }
            if !isNamed, profile.parameters.contains(where: { $0.isRequired && ArgumentFiller.isIdentifier($0) }) { score *= 0.5 }
        }
        let first = question.subjects.first
        let isDecisive = first.map { profile.nameConcepts.contains($0.concept) } ?? false
        return Candidate(profile: profile, score: score, isDecisive: isDecisive, matched: matched)
    }

    /// The tool to send or prepare something with, where the question asks for that.
    func composer(for question: Question) -> ToolProfile? {
        let composing = profiles.filter(\.composes)
        guard !composing.isEmpty else { return nil }
        let words = question.tokens.filter { !$0.isQuoted }
        // "What did I send?" and "any mail?" ask to know; an address makes it a letter: "show … to alice@…".
        if question.asksToKnow, question.addresses.isEmpty { return nil }
        let leading = question.spoken.first
        let asks = words.prefix(8).first { token in
            token.action == .send || token.action == .draft || Self.summons.contains(token.word) || (token == leading && Self.isVerb(token, in: question))
        }
        guard let asks, concernsLetters(question, verb: asks, composing) else { return nil }
        // "Find the mail that says …" and "send me the list" ask to be shown something.
        if let verb = words.first(where: { $0.action != nil }), verb.action == .retrieve, question.addresses.isEmpty || verb.concept == Words.concept("search")
        {
            return nil
        }
        if question.addresses.isEmpty, let index = words.firstIndex(of: asks), index + 1 < words.count, words[index + 1].word == "me" { return nil }
        let wantsDraft = words.contains { $0.action == .draft }
        func fit(_ profile: ToolProfile) -> Double {
            let own = profile.nameConcepts.union(profile.headConcepts)
            var fit = 0.0
            for token in words where !token.isFiller && own.contains(token.concept) { fit += profile.nameConcepts.contains(token.concept) ? 2 : 1 }
            let isDraft = profile.nameConcepts.contains(Words.concept("draft"))
            if isDraft == wantsDraft { fit += 3 }
            if profile.actions.contains(.send), !wantsDraft { fit += 2 }
            if profile.body != nil { fit += 1 }
            return fit
        }
        return composing.max { fit($0) < fit($1) }
    }

    private static let summons: Set<String> = ["invite", "notify"]

    /// "Mail bob@…" and "email Bob the list", but not "emails from Bob" nor "mail about lunch".
    private static func isVerb(_ token: Question.Token, in question: Question) -> Bool {
        guard token.concept == Words.concept("mail"), !token.word.hasSuffix("s") else { return false }
        let next = question.spoken.dropFirst().first
        return !question.addresses.isEmpty
            || next.map { $0.isCapitalized || ["a", "the", "this", "it", "him", "her", "them", "my"].contains($0.word) } ?? false
    }

    /// Whether what is to be sent or written is a letter: somebody is addressed, or the thing is one that these tools speak of.
    private func concernsLetters(_ question: Question, verb: Question.Token, _ composing: [ToolProfile]) -> Bool {
        guard question.addresses.isEmpty, !Self.summons.contains(verb.word) else { return true }
        let own = composing.reduce(into: Vocabulary.letter) { $0.formUnion($1.nameConcepts) }.subtracting([Words.concept("send"), Words.concept("create")])
        return question.tokens.contains { token in
            (token != verb && own.contains(token.concept)) || (token == verb && !token.isFiller && token.concept == Words.concept("mail"))
                || ["it", "this", "that", "these", "those", "them"].contains(token.word)
        } || verb.word == "draft"
    }

    /// Tools of the same server that may tell what a parameter lacks: they read, and need nothing themselves.
    func finders(for profile: ToolProfile) -> [ToolProfile] {
        profiles.filter { other in
            other.tool.server == profile.tool.server && other.tool.name != profile.tool.name && other.tool.isReadOnly && other.statement == nil
        }
        .sorted { one, other in
            (one.searchText != nil ? 0 : 1, one.parameters.filter(\.isRequired).count) < (
                other.searchText != nil ? 0 : 1, other.parameters.filter(\.isRequired).count
            )
        }
    }
}
