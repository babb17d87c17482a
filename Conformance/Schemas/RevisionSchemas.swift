import MCPCore

/// The schemas of one revision. Each feature of the specification extends it in a file of its own.
struct RevisionSchemas: Sendable {
    let revision: ProtocolRevision

    /// An object with the members that this revision knows.
    func object(_ members: Member...) -> Schema { object(members) }

    func object(_ members: [Member]) -> Schema {
        let known = members.filter { revision.isIn(since: $0.since, before: $0.before) }
        return Schema(
            json: [
                "type": "object",
                "properties": .object(JSONObject(known.map { ($0.name, $0.schema.json) })),
                "required": .array(known.filter(\.isRequired).map { .string($0.name) }),
            ])
    }

    /// Every message that this revision defines.
    var definitions: [MessageDefinition] {
        (lifecycleMessages + toolMessages + resourceMessages + promptMessages + completionMessages + loggingMessages + samplingMessages
            + rootMessages + elicitationMessages + subscriptionMessages + coreTaskMessages + taskExtensionMessages)
            .filter { revision.isIn(since: $0.since, before: $0.before) }
    }
}
