import Foundation
import MCPCore

/// Writes entries as the JSON that the store keeps, and reads them. The form is this file's own: what pages are sent may
/// change without it.
enum EntryCoding {
    static func kind(of entry: ChatEntry) -> String {
        switch entry {
        case .user: "user"
        case .assistant: "assistant"
        case .tool: "tool"
        case .elicitation: "elicitation"
        case .failure: "failure"
        }
    }

    /// What a search looks through.
    static func searchText(of entry: ChatEntry) -> String {
        switch entry {
        case .user(let message): message.text
        case .assistant(let message): message.text
        case .tool(let call): "\(call.server).\(call.tool)"
        case .elicitation(let question): question.message
        case .failure: ""
        }
    }

    // MARK: Writing

    static func json(_ entry: ChatEntry) -> JSONObject {
        switch entry {
        case .user(let message):
            return ["id": .string(message.id), "client": .string(message.clientMessageID), "text": .string(message.text), "at": time(message.at)]
        case .assistant(let message):
            return [
                "id": .string(message.id), "text": .string(message.text), "state": .string(message.state.rawValue), "at": time(message.at),
            ]
        case .failure(let notice): return ["id": .string(notice.id), "failure": json(notice.failure), "at": time(notice.at)]
        case .elicitation(let question):
            var object: JSONObject = [
                "id": .string(question.id), "server": .string(question.server), "message": .string(question.message),
                "state": .string(question.state.rawValue), "at": time(question.at),
            ]
            object["tool"] = question.tool.map(JSONValue.string)
            switch question.mode {
            case .form(let schema): object["schema"] = schema
            case .url(let url): object["url"] = .string(url)
            }
            object["content"] = question.content.map(JSONValue.object)
            return object
        case .tool(let call): return json(call)
        }
    }

    private static func json(_ call: ToolCall) -> JSONObject {
        var object: JSONObject = [
            "id": .string(call.id), "server": .string(call.server), "tool": .string(call.tool), "arguments": call.arguments,
            "state": .string(call.state.rawValue), "canRetry": .bool(call.canRetry), "at": time(call.at),
        ]
        object["title"] = call.title.map(JSONValue.string)
        object["question"] = call.question.map {
            ["text": .string($0.text), "why": .string($0.why), "isDestructive": .bool($0.isDestructive)]
        }
        object["result"] = call.result.map { result in
            var value: JSONObject = ["content": .array(result.content), "isError": .bool(result.isError)]
            value["structuredContent"] = result.structuredContent
            return .object(value)
        }
        object["failure"] = call.failure.map(json)
        object["startedAt"] = call.startedAt.map(time)
        object["elapsed"] = call.elapsedMilliseconds.map { .integer(Int64($0)) }
        return object
    }

    private static func json(_ failure: ChatFailure) -> JSONValue {
        ["what": .string(failure.what), "why": .string(failure.why), "whatNow": .string(failure.whatNow), "isRetryable": .bool(failure.isRetryable)]
    }

    /// Milliseconds since 1970.
    private static func time(_ date: Date) -> JSONValue { .integer(Int64((date.timeIntervalSince1970 * 1000).rounded())) }

    // MARK: Reading

    static func entry(kind: String, json: JSONValue) throws -> ChatEntry {
        let reader = Reader(kind: kind, json: json)
        switch kind {
        case "user":
            return .user(
                UserMessage(
                    id: try reader.text("id"), clientMessageID: try reader.text("client"), text: try reader.text("text"), at: try reader.date("at")))
        case "assistant":
            return .assistant(
                AssistantMessage(id: try reader.text("id"), text: try reader.text("text"), state: try reader.state("state"), at: try reader.date("at")))
        case "failure":
            return .failure(FailureNotice(id: try reader.text("id"), failure: try failure(json["failure"], reader), at: try reader.date("at")))
        case "elicitation":
            let mode: Elicitation.Mode = json["url"]?.string.map { .url($0) } ?? .form(schema: json["schema"] ?? .object([:]))
            return .elicitation(
                Elicitation(
                    id: try reader.text("id"), server: try reader.text("server"), tool: json["tool"]?.string, message: try reader.text("message"),
                    mode: mode, state: try reader.state("state"), content: json["content"]?.object, at: try reader.date("at")))
        case "tool": return .tool(try call(json, reader))
        default: throw StoreFailure.unreadable(what: "an entry of the unknown kind “\(kind)”")
        }
    }

    private static func call(_ json: JSONValue, _ reader: Reader) throws -> ToolCall {
        let question = try json["question"].map { question in
            let inner = Reader(kind: "question", json: question)
            return ToolCall.Question(text: try inner.text("text"), why: try inner.text("why"), isDestructive: question["isDestructive"]?.bool ?? true)
        }
        let result = json["result"].map {
            ToolResult(content: $0["content"]?.array ?? [], structuredContent: $0["structuredContent"], isError: $0["isError"]?.bool ?? false)
        }
        return ToolCall(
            id: try reader.text("id"), server: try reader.text("server"), tool: try reader.text("tool"), title: json["title"]?.string,
            arguments: json["arguments"] ?? .null, state: try reader.state("state"), question: question, result: result,
            failure: try json["failure"].map { try failure($0, reader) }, canRetry: json["canRetry"]?.bool ?? false, at: try reader.date("at"),
            startedAt: json["startedAt"] == nil ? nil : try reader.date("startedAt"), elapsedMilliseconds: json["elapsed"]?.integer.map(Int.init))
    }

    private static func failure(_ json: JSONValue?, _ reader: Reader) throws -> ChatFailure {
        let inner = Reader(kind: reader.kind, json: json ?? .null)
        return ChatFailure(
            what: try inner.text("what"), why: try inner.text("why"), whatNow: try inner.text("whatNow"),
            isRetryable: json?["isRetryable"]?.bool ?? false)
    }

    private struct Reader {
        let kind: String
        let json: JSONValue

        func text(_ name: String) throws -> String {
            guard let text = json[name]?.string else { throw StoreFailure.unreadable(what: "an entry (\(kind)) without “\(name)”") }
            return text
        }

        func date(_ name: String) throws -> Date {
            guard let milliseconds = json[name]?.integer else { throw StoreFailure.unreadable(what: "an entry (\(kind)) without “\(name)”") }
            return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        }

        func state<State: RawRepresentable<String>>(_ name: String) throws -> State {
            guard let state = State(rawValue: try text(name)) else { throw StoreFailure.unreadable(what: "an entry (\(kind)) in an unknown state") }
            return state
        }
    }
}
