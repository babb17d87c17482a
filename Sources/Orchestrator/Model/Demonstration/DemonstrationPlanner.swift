import Foundation
import MCPCore

/// Decides what the demonstration model does next: say something, or call a tool.
///
/// It keeps nothing: each round it reads the conversation again and comes to the same plan, one step further on.
struct DemonstrationPlanner {
    enum Move: Equatable {
        case say(String)
        case call(tool: String, arguments: JSONObject)
    }

    let reading: ConversationReading
    let choice: ToolChoice
    let today: Date

    init(_ reading: ConversationReading, tools: [ModelTool], today: Date) {
        self.reading = reading
        choice = ToolChoice(tools)
        self.today = today
    }

    private var question: Question { reading.question }

    func move() -> Move {
        if let last = reading.steps.last, last.isError { return afterFailure(last) }
        if question.tokens.isEmpty { return .say("Ask me something: I can use the tools of the connected servers.") }
        if asksForHelp { return .say(help) }
        if let composer = choice.composer(for: question) { return use(composer, searchTexts: []) }
        let candidates = choice.candidates(for: question)
        let best = candidates.first
        if let best, best.isDecisive || !hasData { return use(best.profile, searchTexts: searchTexts(best.profile)) }
        if hasData, let move = dataMove(against: best) { return move }
        if let best { return use(best.profile, searchTexts: searchTexts(best.profile)) }
        return .say(cannot)
    }

    // MARK: One tool

    /// Calls the tool with what is known, then says what came; asks other tools of its server for what it lacks.
    private func use(_ profile: ToolProfile, searchTexts: [(text: String?, withSender: Bool)]) -> Move {
        let done = reading.steps.filter { $0.call.name == profile.tool.name }
        // A search that found nothing is repeated with fewer words.
        if let last = done.last, !last.result.isEmpty || done.count >= max(1, searchTexts.count) { return .say(report(last, of: profile)) }
        let attempts = searchTexts.isEmpty ? [(text: nil, withSender: true)] : searchTexts
        for attempt in attempts.dropFirst(done.count) {
            switch filler(for: profile).fill(profile, searchText: attempt.text, withSender: attempt.withSender) {
            case .filled(let arguments):
                if reading.steps.contains(where: { $0.call.name == profile.tool.name && $0.call.arguments == JSONValue.object(arguments).serializedString }) {
                    continue
                }
                return .call(tool: profile.tool.name, arguments: arguments)
            case .missing(let parameters):
                if let done = done.last { return .say(report(done, of: profile)) }
                return find(parameters, for: profile)
            }
        }
        if let last = done.last { return .say(report(last, of: profile)) }
        return .say(cannot)
    }

    private func find(_ missing: [ToolProfile.Parameter], for profile: ToolProfile) -> Move {
        let isFindable = missing.allSatisfy { ArgumentFiller.isIdentifier($0) || $0.isNamed(["connection", "account", "databas"]) }
        if isFindable {
            for finder in choice.finders(for: profile) where !reading.steps.contains(where: { $0.call.name == finder.tool.name }) {
                let text = topic(for: profile, finder)
                if case .filled(let arguments) = filler(for: finder).fill(finder, searchText: text, withSender: text == nil) {
                    return .call(tool: finder.tool.name, arguments: arguments)
                }
            }
            if let step = reading.steps.last, step.result.isEmpty { return .say("I looked for what “\(name(of: profile))” needs and found nothing that fits.") }
        }
        let wanted = missing.map { parameter in
            let words = Words.split(parameter.name).joined(separator: " ")
            let description = parameter.schema["description"]?.string.map { " (\($0))" } ?? ""
            return "**\(words)**\(description)"
        }
        return .say("For this I would use “\(name(of: profile))”, but I do not know \(wanted.joined(separator: " and ")). Please say it in your message.")
    }

    /// The words to look for: what the question is about beside the words of both tools.
    private func topic(for profile: ToolProfile, _ finder: ToolProfile) -> String? {
        guard finder.searchText != nil else { return nil }
        let own = profile.nameConcepts.union(finder.nameConcepts)
        let words = filler(for: finder).topicWords(for: finder).filter { !own.contains(Words.concept($0.lowercased())) }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Ways to look for it: closely at first, then with fewer words.
    private func searchTexts(_ profile: ToolProfile) -> [(text: String?, withSender: Bool)] {
        guard profile.searchText != nil else { return [] }
        let filler = filler(for: profile)
        let all = filler.topicWords(for: profile)
        var texts: [(text: String?, withSender: Bool)] = []
        if profile.parameters.contains(where: { $0.isText && $0.isNamed(Vocabulary.sender) }), question.phrase(after: ["from", "by"]) != nil {
            let rest = filler.topicWords(for: profile, withoutSender: true)
            texts.append((rest.isEmpty ? nil : rest.joined(separator: " "), true))
        }
        if !all.isEmpty {
            texts.append((all.joined(separator: " "), false))
            if question.quotes.isEmpty {
                // "invoices" are looked for as "invoice" too.
                texts.append((all.map { Words.otherNumber($0) ?? $0 }.joined(separator: " "), false))
                let words = all.count > 1 ? Array(all.prefix(3)) : []
                texts += words.flatMap { [$0, Words.otherNumber($0)] }.compactMap(\.self).map { ($0, false) }
            }
        }
        return texts.isEmpty ? [(nil, true)] : texts
    }

    private func filler(for profile: ToolProfile) -> ArgumentFiller {
        let letter = profile.composes ? Letter(question, history: reading.history) : nil
        return ArgumentFiller(question: question, known: relevantObjects(for: profile), today: today, letter: letter)
    }

    /// This turn's results; earlier ones where the question points back to them.
    private func relevantObjects(for profile: ToolProfile) -> [JSONObject] {
        let own = reading.steps.reversed().flatMap { $0.isError ? [] : $0.result.objects }
        let pointsBack =
            question.contains(words: ["it", "that", "this", "these", "those", "them"]) || question.tokens.contains { ArgumentFiller.ordinals[$0.word] != nil }
        return own + (pointsBack || profile.composes ? reading.earlierSteps.reversed().flatMap { $0.isError ? [] : $0.result.objects } : [])
    }

    // MARK: Tables

    private var hasData: Bool { choice.statementTool != nil || !choice.structureTools.isEmpty }

    /// What to do where tools tell of tables: read them first, then compare what they hold with what the question says.
    private func dataMove(against best: ToolChoice.Candidate?) -> Move? {
        let overviews = choice.structureTools.filter { profile in
            if case .filled = filler(for: profile).fill(profile, searchText: structureSearchText(profile)) { true } else { false }
        }
        let overview = overviews.first { $0.table == nil } ?? overviews.first
        let structure = reading.steps.filter { step in choice.structureTools.contains { $0.tool.name == step.call.name } }
        if structure.isEmpty, let overview, case .filled(let arguments) = filler(for: overview).fill(overview, searchText: structureSearchText(overview)) {
            return .call(tool: overview.tool.name, arguments: withoutOptionalText(arguments, of: overview))
        }
        let catalogue = TableCatalogue(.array(structure.compactMap(\.result.value)))
        let answer = DataAnswer(reading: reading, choice: choice, catalogue: catalogue, filler: { filler(for: $0) })
        if let step = reading.steps.last, step.call.name == choice.statementTool?.tool.name { return .say(answer.report(step)) }
        let isAboutStructure = question.contains(Vocabulary.structure) || question.contains(Set(Words.concepts("data database structure")))
        if let move = answer.move() {
            let tableScore = answer.isDirect ? Double.infinity : 0
            if best == nil || tableScore > (best?.score ?? 0) || isAboutStructure { return move }
        }
        if isAboutStructure || (best == nil && asksWhatThereIs) { return .say(answer.overview) }
        return best == nil ? .say("\(answer.unknown)\n\n\(abilities)") : nil
    }

    private var asksWhatThereIs: Bool {
        question.subjects.isEmpty && question.contains(words: ["what", "which", "show", "list"])
    }

    /// Nothing: an overview of all is wanted. A tool that demands a text gets the question's subject.
    private func structureSearchText(_ profile: ToolProfile) -> String? {
        guard let parameter = profile.searchText, parameter.isRequired else { return nil }
        return question.subjects.last?.text ?? ""
    }

    private func withoutOptionalText(_ arguments: JSONObject, of profile: ToolProfile) -> JSONObject {
        var arguments = arguments
        for parameter in profile.parameters where !parameter.isRequired && parameter.isText { arguments[parameter.name] = nil }
        return arguments
    }

    // MARK: Words

    private func afterFailure(_ step: ConversationReading.Step) -> Move {
        let profile = choice.profiles.first { $0.tool.name == step.call.name }
        return .say("“\(profile.map(name) ?? step.call.name)” did not do it. \(step.content)")
    }

    private func report(_ step: ConversationReading.Step, of profile: ToolProfile) -> String {
        let result = step.result
        if result.isEmpty { return "I asked “\(name(of: profile))” and nothing was found." }
        let text = result.markdown
        guard profile.tool.isReadOnly else { return text.isEmpty ? "Done." : "Done.\n\n\(text)" }
        guard let rows = result.rows else { return text }
        return "\(rows.rows.count == 1 ? "Here is what I found" : "I found \(rows.total ?? rows.rows.count)"):\n\n\(text)"
    }

    private func name(of profile: ToolProfile) -> String {
        profile.tool.title ?? profile.tool.name.split(separator: "_").filter { $0 != Substring(profile.tool.server) }.joined(separator: " ")
    }

    private var asksForHelp: Bool {
        let words = question.tokens.map(\.word)
        if ["help", "hello", "hi", "hey"].contains(words.first), words.count <= 3 { return true }
        return question.contains(words: ["you"]) && question.contains(words: ["do", "help"]) && question.subjects.allSatisfy { ["help"].contains($0.word) }
    }

    private var help: String {
        "I am the built-in demonstration model: I match your words with the tools that are connected.\n\n\(abilities)"
    }

    private var cannot: String {
        "I cannot do that: no connected tool matches your words. I am only the built-in demonstration model, without general knowledge.\n\n\(abilities)"
    }

    private var abilities: String {
        guard !choice.profiles.isEmpty else { return "No tool is connected at the moment." }
        let lines = choice.profiles.prefix(15).map { profile in
            let sentence = profile.tool.description.split(separator: ".", maxSplits: 1).first.map(String.init) ?? ""
            return "- **\(name(of: profile))**\(sentence.isEmpty ? "" : ": \(sentence)")"
        }
        let servers = choice.servers.map { "**\($0)**" }.joined(separator: ", ")
        let examples = Examples(choice: choice).questions.map { "- \($0)" }
        let asking = examples.isEmpty ? "" : "\n\nYou could ask, for example:\n\n" + examples.joined(separator: "\n")
        return "Connected: \(servers). What I can use:\n\n" + lines.joined(separator: "\n") + asking
    }
}
