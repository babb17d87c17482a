import MCPCore

/// A message from a page that is no command, and what would be.
struct ChatCommandError: Error, CustomStringConvertible {
    let description: String

    static func missing(_ member: String, _ expected: String, in type: String) -> ChatCommandError {
        ChatCommandError(description: "Command \(type) needs \(member): \(expected).")
    }
}

extension ChatWire {
    /// - Throws: `ChatCommandError`, or the parser's error where the bytes are no JSON.
    static func command(from bytes: [UInt8]) throws -> ChatCommand {
        let value = try JSONValue(parsing: bytes)
        guard let object = value.object, let type = object["type"]?.string
        else { throw ChatCommandError(description: "A command is a JSON object with a type.") }
        return try CommandReader(object: object, type: type).command()
    }
}

private struct CommandReader {
    let object: JSONObject
    let type: String

    func command() throws -> ChatCommand {
        switch type {
        case "hello": .hello(conversation: object["conversation"]?.string, lastSequence: object["lastSequence"]?.integer.map { Int($0) })
        case "send":
            .send(conversation: object["conversation"]?.string, text: try text("text"), clientMessageID: try text("clientMessageID"))
        case "stop": .stop(conversation: try conversation)
        case "editLast":
            .editLast(conversation: try conversation, text: try text("text"), clientMessageID: try text("clientMessageID"))
        case "retry": .retry(conversation: try conversation)
        case "approve": .approve(conversation: try conversation, callID: try text("call"), decision: try decision)
        case "cancelCall": .cancelCall(conversation: try conversation, callID: try text("call"))
        case "retryCall": .retryCall(conversation: try conversation, callID: try text("call"))
        case "answer": .answerElicitation(conversation: try conversation, id: try text("id"), answer: try answer)
        case "new": .newConversation
        case "open": .openConversation(id: try text("id"))
        case "rename": .renameConversation(id: try text("id"), title: try text("title"))
        case "delete": .deleteConversation(id: try text("id"))
        case "list": .listConversations
        case "search": .search(query: try text("query"))
        case "signIn": .signIn(server: try text("server"), conversation: object["conversation"]?.string)
        case "signOut": .signOut(server: try text("server"))
        default: throw ChatCommandError(description: "There is no command \(type). Reload the page: it may be older than the chat.")
        }
    }

    private var conversation: String { get throws { try text("conversation") } }

    private func text(_ name: String) throws -> String {
        guard let text = object[name]?.string else { throw ChatCommandError.missing(name, "a string", in: type) }
        return text
    }

    private var decision: ApprovalDecision {
        get throws {
            guard let decision = ApprovalDecision(rawValue: try text("decision")) else {
                let known = ApprovalDecision.allCases.map(\.rawValue).joined(separator: ", ")
                throw ChatCommandError.missing("decision", "one of \(known)", in: type)
            }
            return decision
        }
    }

    private var answer: ElicitationAnswer {
        get throws {
            switch try text("action") {
            case "accept": .accept(content: object["content"]?.object)
            case "decline": .decline
            case "cancel": .cancel
            default: throw ChatCommandError.missing("action", "accept, decline or cancel", in: type)
            }
        }
    }
}
