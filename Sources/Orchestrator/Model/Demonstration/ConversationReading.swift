import MCPCore

/// A conversation as the demonstration model reads it: the question, what was called for it so far, and what came before.
struct ConversationReading {
    struct Step {
        let call: ModelToolCall
        let content: String
        let isError: Bool
        var result: ResultText { ResultText(content) }
    }

    let question: Question
    /// What was called since the question.
    let steps: [Step]
    /// What was asked and answered before it, oldest first.
    let history: [(question: String, answer: String)]
    /// What was called before it, oldest first.
    let earlierSteps: [Step]
    /// Whether text was already said in this turn.
    let hasSpoken: Bool

    /// Nil where nothing was asked.
    init?(_ messages: [ModelMessage]) {
        var question: String?
        var history: [(question: String, answer: String)] = []
        var answer = ""
        var calls: [String: ModelToolCall] = [:]
        var steps: [Step] = []
        var earlier: [Step] = []
        for message in messages {
            switch message {
            case .system: break
            case .user(let text):
                if let question { history.append((question, answer)) }
                question = text
                answer = ""
                earlier += steps
                steps = []
            case .assistant(let text, let asked):
                answer += answer.isEmpty || text.isEmpty ? text : "\n\n" + text
                for call in asked { calls[call.id] = call }
            case .tool(let id, let content, let isError):
                if let call = calls[id] { steps.append(Step(call: call, content: content, isError: isError)) }
            }
        }
        guard let question else { return nil }
        self.question = Question(question)
        self.steps = steps
        self.history = history
        earlierSteps = earlier
        hasSpoken = !answer.isEmpty
    }

    /// Objects in results, the latest first.
    var knownObjects: [JSONObject] { (earlierSteps + steps).reversed().flatMap { $0.isError ? [] : $0.result.objects } }
}
