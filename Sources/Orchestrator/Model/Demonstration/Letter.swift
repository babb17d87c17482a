import Foundation

/// What is to be sent: put together from the request and the conversation before it.
struct Letter {
    let subject: String
    let body: String

    /// - Parameter history: What was asked and answered before, oldest first.
    init(_ question: Question, history: [(question: String, answer: String)]) {
        let said = Self.saidText(question)
        let about = question.phrase(after: ["about", "regarding", "concerning", "re"], until: ["saying", "that", "with", "to", "and"])?
            .map(\.text).joined(separator: " ")
        let wantsSummary = question.contains(Set(Words.concepts("summary summarize recap overview digest conversation everything")))
        let refersBack = question.contains(words: ["this", "that", "it", "them", "these", "those", "result", "results", "answer", "list", "table"])
        if let said {
            body = said
            subject = Self.subject(question) ?? about.map(Self.capitalized) ?? Self.shortened(said)
        } else if wantsSummary || (about == nil && !refersBack) {
            body = Self.summary(history)
            subject = Self.subject(question) ?? (wantsSummary ? "Summary of our conversation" : "From our conversation")
        } else if refersBack, let last = history.last {
            body = "\(last.answer)\n"
            subject = Self.subject(question) ?? about.map(Self.capitalized) ?? Self.shortened(last.question)
        } else {
            let topic = about ?? "this"
            body = "Hello,\n\nthis is about \(topic).\n"
            subject = Self.subject(question) ?? Self.capitalized(topic)
        }
    }

    /// The conversation so far, a paragraph for each question.
    static func summary(_ history: [(question: String, answer: String)]) -> String {
        guard !history.isEmpty else { return "Summary of our conversation: nothing was asked before this message.\n" }
        // The last answer is what most likely is meant, and goes along whole.
        let parts = history.indices.map { index in
            "Question: \(history[index].question)\n\n\(shortened(history[index].answer, to: index == history.count - 1 ? 20_000 : 1500))"
        }
        return "Summary of our conversation\n\n" + parts.joined(separator: "\n\n---\n\n") + "\n"
    }

    /// What follows "saying", "that says" or a colon, as it was written.
    private static func saidText(_ question: Question) -> String? {
        let text = question.text
        for mark in [
            " saying that ", " saying ", " that says ", " which says ", " to say that ", " to say ", " with the text ", " with the message ", " reading ",
            " telling them ", " telling him ", " telling her ",
        ] {
            guard let range = text.range(of: mark, options: .caseInsensitive) else { continue }
            let rest = trimmed(text[range.upperBound...])
            if !rest.isEmpty { return capitalized(rest) + (rest.last.map { ".!?".contains($0) } == true ? "" : ".") }
        }
        if let colon = text.range(of: ": ") {
            let rest = trimmed(text[colon.upperBound...])
            if rest.count > 2 { return rest }
        }
        // A quotation that is not the subject is the text.
        let isSubject = question.contains(words: ["subject", "titled"])
        return isSubject ? (question.quotes.count > 1 ? question.quotes[1] : nil) : question.quotes.first
    }

    private static func subject(_ question: Question) -> String? {
        question.contains(words: ["subject", "titled"]) ? question.quotes.first : nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        let marks: Set<Character> = ["\"", "“", "”", "'", "‘", "’", " ", ":"]
        while let first = text.first, marks.contains(first) { text = text.dropFirst() }
        while let last = text.last, marks.contains(last) { text = text.dropLast() }
        return String(text)
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func shortened(_ text: String, to limit: Int = 60) -> String {
        if limit == 60 {
            let line = text.split(separator: "\n").first.map(String.init) ?? text
            let bare = line.last == "." ? String(line.dropLast()) : line
            return bare.count <= limit ? bare : String(bare.prefix(limit - 1)) + "…"
        }
        return text.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
    }
}
