import ArgumentParser
import MCPCore

/// Answers questions of servers from a table that was written before, in the place of a user.
struct AnswerBook: Sendable {
    private var answers: [(part: String, result: ElicitationResult)] = []

    /// Reads a JSON object: a part of a question to what is answered. The first part that occurs in a question counts.
    init(parsing text: String) throws {
        let object: JSONObject
        do { object = try JSONObject(json: JSONValue(parsing: text)) } catch { throw ValidationError("--answers is no JSON object: \(error)") }
        for (part, value) in object {
            switch value {
            case .object(let content): answers.append((part, .accept(content)))
            case "decline": answers.append((part, .decline))
            case "cancel": answers.append((part, .cancel))
            default: throw ValidationError("The answer to '\(part)' must be an object, \"decline\" or \"cancel\".")
            }
        }
    }

    func answer(to request: ElicitationRequest) -> ElicitationResult {
        answers.first { request.message.contains($0.part) }?.result ?? .cancel
    }
}
