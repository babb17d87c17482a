import Foundation
import MCPCore

/// How commands and events of the chat are written on the WebSocket: one JSON object a message, `type` says which.
enum ChatWire {
    /// A sign of life for the page, which does not see the WebSocket's own pings.
    static let heartbeat = #"{"type":"heartbeat"}"#

    static func text(of event: ChatEvent) -> String { event.json.serializedString }

    static func text(of readiness: ChatReadiness) -> String {
        let parts = readiness.parts.map { part -> JSONValue in
            ["name": .string(part.name), "ready": .bool(part.isReady), "detail": .string(part.detail)]
        }
        let value: JSONValue = ["ready": .bool(readiness.isReady), "parts": .array(parts)]
        return value.serializedString
    }

    static func time(_ date: Date) -> JSONValue {
        .string(date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)))
    }

    /// An object without the members that are nil.
    static func object(_ members: (String, JSONValue?)...) -> JSONValue {
        .object(JSONObject(members.compactMap { name, value in value.map { (name, $0) } }))
    }
}

extension ChatEvent {
    var json: JSONValue {
        var members: [(String, JSONValue?)] = content.members
        members.append(("conversation", conversation.map { .string($0) }))
        if sequence > 0 { members.append(("sequence", .integer(Int64(sequence)))) }
        return .object(JSONObject(members.compactMap { name, value in value.map { (name, $0) } }))
    }
}

extension ChatEvent.Content {
    fileprivate var members: [(String, JSONValue?)] {
        switch self {
        case .welcome(let environment):
            [
                ("type", "welcome"), ("user", environment.user.json), ("model", environment.model.json),
                ("servers", .array(environment.servers.map(\.json))), ("limits", environment.limits.json),
                ("suggestions", .array(environment.suggestions.map { .string($0) })),
            ]
        case .servers(let servers): [("type", "servers"), ("servers", .array(servers.map(\.json)))]
        case .model(let model): [("type", "model"), ("model", model.json)]
        case .limits(let limits): [("type", "limits"), ("limits", limits.json)]
        case .conversations(let all): [("type", "conversations"), ("conversations", .array(all.map(\.json)))]
        case .conversationChanged(let summary): [("type", "conversationChanged"), ("summary", summary.json)]
        case .conversationDeleted(let id): [("type", "conversationDeleted"), ("id", .string(id))]
        case .searchResults(let query, let hits):
            [("type", "searchResults"), ("query", .string(query)), ("hits", .array(hits.map(\.json)))]
        case .signInPage(let server, let url): [("type", "signInPage"), ("server", .string(server)), ("url", .string(url))]
        case .commandFailed(let failure, let clientMessageID):
            [("type", "commandFailed"), ("failure", failure.json), ("clientMessageID", clientMessageID.map { .string($0) })]
        case .snapshot(let snapshot):
            [
                ("type", "snapshot"), ("summary", snapshot.summary.json), ("entries", .array(snapshot.entries.map(\.json))),
                ("running", .bool(snapshot.isRunning)), ("usage", snapshot.usage?.json), ("receipt", snapshot.receipt?.json),
            ]
        case .entry(let entry): [("type", "entry"), ("entry", entry.json)]
        case .text(let messageID, let delta): [("type", "text"), ("message", .string(messageID)), ("delta", .string(delta))]
        case .progress(let callID, let progress): [("type", "progress"), ("call", .string(callID)), ("progress", progress.json)]
        case .truncate(let id): [("type", "truncate"), ("from", .string(id))]
        case .turnStarted: [("type", "turnStarted")]
        case .turnFinished(let reason, let usage):
            [("type", "turnFinished"), ("reason", .string(reason.rawValue)), ("usage", usage?.json)]
        }
    }
}

extension ChatUser {
    var json: JSONValue { ChatWire.object(("id", .string(id)), ("name", name.map { .string($0) })) }
}

extension ModelInfo {
    var json: JSONValue {
        ChatWire.object(("name", .string(name)), ("demonstration", .bool(isDemonstration)), ("failure", failure?.json))
    }
}

extension ServerHealth {
    var json: JSONValue {
        ChatWire.object(
            ("name", .string(name)), ("title", title.map { .string($0) }), ("state", .string(state.rawValue)),
            ("tools", .array(tools.map { .string($0) })), ("failure", failure?.json), ("signInHost", signInHost.map { .string($0) }),
            ("signedIn", isSignedIn ? true : nil))
    }
}

extension ChatLimits {
    var json: JSONValue {
        ChatWire.object(
            ("messageCharacters", .integer(Int64(messageCharacters))), ("limitedUntil", limitedUntil.map(ChatWire.time)))
    }
}

extension ChatFailure {
    var json: JSONValue {
        ["what": .string(what), "why": .string(why), "whatNow": .string(whatNow), "retryable": .bool(isRetryable)]
    }
}

extension ConversationSummary {
    var json: JSONValue {
        ["id": .string(id), "title": .string(title), "createdAt": ChatWire.time(createdAt), "updatedAt": ChatWire.time(updatedAt)]
    }
}

extension MessageReceipt {
    var json: JSONValue { ["clientMessageID": .string(clientMessageID), "repeated": .bool(isRepeated)] }
}

extension SearchHit {
    var json: JSONValue { ["summary": conversation.json, "entry": .string(entryID), "snippet": .string(snippet)] }
}

extension TokenUsage {
    var json: JSONValue { ["input": .integer(Int64(inputTokens)), "output": .integer(Int64(outputTokens))] }
}
