import ArgumentParser
import MCPCore

/// A call that the command line asks for.
struct ToolCall: Sendable {
    var name: String
    var arguments: JSONObject

    /// Reads `name {…} name {…}`; arguments may be left out.
    static func calls(of words: [String]) throws -> [ToolCall] {
        var calls: [ToolCall] = []
        for word in words {
            guard word.hasPrefix("{") else {
                calls.append(ToolCall(name: word, arguments: [:]))
                continue
            }
            guard let last = calls.indices.last else { throw ValidationError("--call takes the name of a tool before its arguments.") }
            do { calls[last].arguments = try JSONObject(json: JSONValue(parsing: word)) } catch {
                throw ValidationError("The arguments of \(calls[last].name) are no JSON object: \(error)")
            }
        }
        return calls
    }
}
