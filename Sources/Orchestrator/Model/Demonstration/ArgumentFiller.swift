import Foundation
import MCPCore

/// Fills a tool's arguments by its schema, from what the user said and from what earlier results hold.
struct ArgumentFiller {
    let question: Question
    /// Objects in earlier results, the latest result first.
    let known: [JSONObject]
    /// What "today" means.
    let today: Date
    /// Text to send: subject and body.
    let letter: Letter?

    enum Outcome {
        case filled(JSONObject)
        /// Required parameters for which nothing was found.
        case missing([ToolProfile.Parameter])
    }

    func fill(_ profile: ToolProfile, searchText: String? = nil, withSender: Bool = true) -> Outcome {
        var arguments: JSONObject = [:]
        var missing: [ToolProfile.Parameter] = []
        for parameter in profile.parameters {
            if let value = value(for: parameter, of: profile, searchText: searchText, withSender: withSender) {
                arguments[parameter.name] = value
            } else if parameter.isRequired, parameter.schema["default"] == nil {
                missing.append(parameter)
            }
        }
        return missing.isEmpty ? .filled(arguments) : .missing(missing)
    }

    private func value(for parameter: ToolProfile.Parameter, of profile: ToolProfile, searchText: String?, withSender: Bool) -> JSONValue? {
        if let constant = parameter.schema["const"] { return constant }
        if !parameter.choices.isEmpty { return choice(for: parameter) }
        if profile.composes, let value = composed(parameter, of: profile) { return value }
        if parameter.name == profile.searchText?.name { return searchText.map(JSONValue.string) ?? topic(for: profile).map(JSONValue.string) }
        switch parameter.type {
        case "boolean":
            return parameter.nameConcepts.allSatisfy { concept in question.tokens.contains { $0.concept == concept } } ? true : required(parameter, false)
        case "integer", "number": return number(for: parameter)
        case "array" where parameter.isTextList:
            if parameter.format == "email" || parameter.isNamed(Vocabulary.recipient) {
                return question.addresses.isEmpty ? nil : .array(question.addresses.map(JSONValue.string))
            }
            return text(for: parameter, of: profile, withSender: withSender).map { .array([.string($0)]) }
        case "string", nil: return text(for: parameter, of: profile, withSender: withSender).map(JSONValue.string)
        default: return nil
        }
    }

    private func required(_ parameter: ToolProfile.Parameter, _ value: JSONValue) -> JSONValue? { parameter.isRequired ? value : nil }

    private func choice(for parameter: ToolProfile.Parameter) -> JSONValue? {
        let said = Set(question.tokens.map(\.concept))
        let fitting = parameter.choices.first { choice in
            let concepts = Words.concepts(choice.string ?? "")
            return !concepts.isEmpty && concepts.allSatisfy(said.contains)
        }
        return fitting ?? (parameter.isRequired && parameter.schema["default"] == nil ? parameter.choices.first : nil)
    }

    // MARK: Something to send

    private func composed(_ parameter: ToolProfile.Parameter, of profile: ToolProfile) -> JSONValue? {
        if parameter.name == profile.recipients?.name {
            let addresses = question.addresses.isEmpty ? knownAddresses : question.addresses
            guard !addresses.isEmpty else { return nil }
            return parameter.isTextList ? .array(addresses.map(JSONValue.string)) : .string(addresses.joined(separator: ", "))
        }
        guard let letter else { return nil }
        if parameter.name == profile.body?.name { return .string(letter.body) }
        if parameter.name == profile.subject?.name { return .string(letter.subject) }
        return nil
    }

    /// Addresses of earlier results whose first part, or whose owner's name, is said: "send Alice …".
    private var knownAddresses: [String] {
        let names = question.tokens.filter { !$0.isFiller && $0.action == nil }.map(\.word)
        for object in known {
            for (_, value) in object {
                guard let text = value.string,
                    let address = text.split(whereSeparator: { " <>,;\"".contains($0) }).map(String.init).first(where: Question.isAddress)
                else { continue }
                let owner = Words.split(text)
                if names.contains(where: { $0.count > 2 && owner.prefix(3).contains($0) }) { return [address] }
            }
        }
        return []
    }

    // MARK: Numbers

    private func number(for parameter: ToolProfile.Parameter) -> JSONValue? {
        let tokens = question.tokens
        for (index, token) in tokens.enumerated() {
            guard let number = token.number else { continue }
            // "3 days", "in the next 3 days", "page 2"
            let neighbours = [index - 1, index + 1].filter(tokens.indices.contains).map { tokens[$0].concept }
            if neighbours.contains(where: parameter.nameConcepts.contains) { return .integer(Int64(number)) }
        }
        let numbers = tokens.compactMap(\.number)
        guard let number = numbers.first, parameter.isRequired || (parameter.isNamed(Vocabulary.limit) && numbers.count == 1 && number <= 1000) else {
            return nil
        }
        return .integer(Int64(number))
    }

    // MARK: Text

    private func text(for parameter: ToolProfile.Parameter, of profile: ToolProfile, withSender: Bool) -> String? {
        if parameter.format == "date" || parameter.format == "date-time"
            || parameter.isNamed(["dat", "day", "after", "before", "since", "until", "start", "end"])
        {
            if let date = Moment(in: question, today: today).text(dateOnly: parameter.format != "date-time", for: parameter) { return date }
            if parameter.format != nil { return nil }
        }
        if parameter.isNamed(Vocabulary.sender) {
            guard withSender, let phrase = question.phrase(after: ["from", "by"], until: Self.phraseEnds) else { return nil }
            return phrase.map(\.text).joined(separator: " ")
        }
        if parameter.format == "email" || parameter.nameConcepts == ["mail"] { return question.addresses.first }
        if let said = valueAfterItsName(parameter) { return said }
        guard parameter.isRequired || (profile.parameters.filter { $0.isText || $0.isTextList }.count == 1) else { return nil }
        if let earlier = knownValue(for: parameter) { return earlier }
        if Self.isIdentifier(parameter) {
            return question.tokens.first { $0.text.contains(where: \.isNumber) && $0.text.contains(where: { !$0.isNumber }) && !$0.isAddress }?.text
                ?? question.number.map(String.init)
        }
        if parameter.isNamed(Vocabulary.body) || parameter.isNamed(Vocabulary.subject), let letter {
            return parameter.isNamed(Vocabulary.body) ? letter.body : letter.subject
        }
        return question.quotes.first ?? properName(for: profile) ?? topic(for: profile)
    }

    /// "city Lisbon", "account: work"
    private func valueAfterItsName(_ parameter: ToolProfile.Parameter) -> String? {
        guard let index = question.tokens.firstIndex(where: { parameter.nameConcepts.last == $0.concept }), index + 1 < question.tokens.count else {
            return nil
        }
        let next = question.tokens[(index + 1)...].drop { ["is", "of", "named", "called", "in", "the"].contains($0.word) }
        guard let first = next.first, first.isCapitalized || first.isQuoted else { return nil }
        return next.prefix { $0.isCapitalized || ($0.isQuoted && first.isQuoted) }.map(\.text).joined(separator: " ")
    }

    static func isIdentifier(_ parameter: ToolProfile.Parameter) -> Bool {
        parameter.nameConcepts.last.map { ["id", "uid", "identifier", "key", "handl", "uri", "number"].contains($0) } ?? false
    }

    /// A value of the same name in an earlier result; the row that an ordinal names, else the first.
    private func knownValue(for parameter: ToolProfile.Parameter) -> String? {
        let isIdentifier = Self.isIdentifier(parameter)
        let values = known.compactMap { object -> String? in
            let value = object[parameter.name] ?? (isIdentifier ? object["id"] : nil)
            return value?.string ?? value?.integer.map(String.init)
        }
        guard let ordinal = question.tokens.lazy.compactMap({ Self.ordinals[$0.word] }).first, isIdentifier else { return values.first }
        return ordinal < values.count ? values[ordinal] : nil
    }

    /// The run of capitalised words behind a preposition, else any that is not the sentence's first word.
    private func properName(for profile: ToolProfile) -> String? {
        let tokens = question.tokens
        func run(from start: Int) -> String? {
            let run = tokens[start...].prefix { $0.isCapitalized && !profile.nameConcepts.contains($0.concept) && !Moment.isWord($0.word) }
            return run.isEmpty ? nil : run.map(\.text).joined(separator: " ")
        }
        for (index, token) in tokens.enumerated()
        where ["in", "for", "at", "of", "near", "to", "by", "about", "on"].contains(token.word) && index + 1 < tokens.count {
            if let name = run(from: index + 1) { return name }
        }
        return tokens.indices.dropFirst().lazy.compactMap { tokens[$0].isFiller ? nil : run(from: $0) }.first
    }

    /// What the question is about beside the tool's own words.
    func topic(for profile: ToolProfile) -> String? { topicWords(for: profile).isEmpty ? nil : topicWords(for: profile).joined(separator: " ") }

    /// The words to look for, without those that a parameter of their own takes.
    func topicWords(for profile: ToolProfile, withoutSender: Bool = false) -> [String] {
        if !question.quotes.isEmpty { return question.quotes }
        var left = question.tokens
        if withoutSender, let sender = question.phrase(after: ["from", "by"], until: Self.phraseEnds) { left.removeAll(where: sender.contains) }
        let words = left.filter { token in
            if token.isAddress { return true }
            if token.isFiller || token.number != nil && token.word.count < 3 || Moment.isWord(token.word) { return false }
            if token.action == .retrieve || profile.nameConcepts.contains(token.concept) { return false }
            return !["any", "latest", "recent", "newest", "last", "anything", "something", "folder", "box", "mention", "mentions", "mentioning"].contains(
                token.word)
        }
        return words.map(\.text)
    }

    static let phraseEnds: Set<String> = [
        "about", "for", "with", "in", "on", "to", "that", "which", "regarding", "since", "before", "after", "and", "concerning", "during",
    ]
    static let ordinals = ["first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4]
}
