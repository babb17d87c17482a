import ConformanceSchemas
import MCPCore

/// Both verdicts on one message.
struct Verdicts {
    var message: CorpusMessage
    /// What was changed; `nil` for the message as it is.
    var change: String?
    var json: JSONValue
    var revision: ProtocolRevision
    var own: [SchemaViolation]
    var published: [SchemaViolation]

    var agree: Bool { own.isEmpty == published.isEmpty }
}

/// A difference between the project's schemas and the published ones that is meant, and why.
struct AgreedDifference: Sendable {
    var name: String
    var reason: String
    var covers: @Sendable (Verdicts) -> Bool

    static let all = [
        AgreedDifference(
            name: "who sends what",
            reason: "The published schemas accept any method as a request of JSON-RPC; the project's also ask which side has it in which revision.",
            covers: { verdicts in
                let shape: MessageShape? =
                    if let method = verdicts.json["method"]?.string {
                        verdicts.json["id"] == nil
                            ? .notification(method: method, from: verdicts.message.sender) : .request(method: method, from: verdicts.message.sender)
                    } else if verdicts.json["result"]?["resultType"] == "input_required" {
                        .inputRequired(of: verdicts.message.answering)
                    } else {
                        nil
                    }
                return !verdicts.own.isEmpty && shape.map { ProtocolSchemas().objection(to: $0, revision: verdicts.revision) != nil } ?? false
            }),
        AgreedDifference(
            name: "_meta of tasks",
            reason: "The published requests of tasks do not name _meta, which the base protocol describes for every request, and requires from 2026-07-28 on.",
            covers: { verdicts in
                verdicts.published.isEmpty && verdicts.message.json["method"]?.string?.hasPrefix("tasks/") == true
                    && verdicts.own.allSatisfy { $0.instancePath.description.hasPrefix("/params/_meta") || $0.expected.contains("\"_meta\"") }
            }),
        AgreedDifference(
            name: "the tasks of a subscription",
            reason: "For the published schema of 2026-07-28, which knows no extensions, `taskIds` of a filter is a member that may be anything.",
            covers: { verdicts in
                verdicts.published.isEmpty && verdicts.revision >= .v2026_07_28
                    && verdicts.own.allSatisfy { $0.instancePath.description.hasPrefix("/params/notifications/taskIds") }
            }),
        AgreedDifference(
            name: "null in JSON values",
            reason: "The published JSONValue of 2026-07-28 leaves out null; the TypeScript that it is made from has it.",
            covers: { verdicts in
                verdicts.own.isEmpty && verdicts.revision >= .v2026_07_28 && verdicts.change?.hasSuffix("null") == true
                    && ["/extensions/", "/experimental/", "/metadata/"].contains { verdicts.change?.contains($0) == true }
            }),
    ]
}

/// Holds the project's schemas and the published ones against each other.
struct SchemaAgreement {
    let own = MessageValidator()
    let published: MessageValidator
    private(set) var disagreements: [Verdicts] = []
    private(set) var used: Set<String> = []
    private(set) var compared = 0
    private(set) var valid = 0

    init(_ published: PublishedSchemas) { self.published = MessageValidator(published) }

    mutating func compare(_ message: CorpusMessage, changed: MessageMutations.Mutation? = nil, at revision: ProtocolRevision) {
        let json = changed?.json ?? message.json
        func violations(_ validator: MessageValidator) -> [SchemaViolation] {
            validator.violations(of: json, from: message.sender, revision: revision, answering: message.answering)
        }
        let verdicts = Verdicts(
            message: message, change: changed?.change, json: json, revision: revision, own: violations(own), published: violations(published))
        compared += 1
        if verdicts.own.isEmpty, verdicts.published.isEmpty { valid += 1 }
        guard !verdicts.agree else { return }
        if let difference = AgreedDifference.all.first(where: { $0.covers(verdicts) }) {
            used.insert(difference.name)
        } else {
            disagreements.append(verdicts)
        }
    }
}
