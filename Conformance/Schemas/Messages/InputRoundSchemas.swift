import MCPCore

/// Requests for input inside results, and their answers inside params (2026-07-28, "Multi Round-Trip Requests").
extension RevisionSchemas {
    /// The params of a request whose answer may be a request for input.
    func answeringParams(_ members: Member...) -> Schema {
        object(
            members + [
                requestMeta, .optional("requestState", .string, since: .v2026_07_28),
                .optional("inputResponses", inputResponses, since: .v2026_07_28),
            ])
    }

    /// The params of a request that asks a client: since it travels inside a result, it has no `_meta` of its own.
    func askingParams(_ members: Member...) -> Schema {
        object(revision.era == .handshake ? members + [requestMeta] : members)
    }

    var inputRequiredResult: Schema {
        object(
            .required("resultType", .string), .optional("inputRequests", inputRequests), .optional("requestState", .string), resultMeta)
    }

    /// Questions by their keys.
    var inputRequests: Schema {
        .map(
            of: .either(
                object(.required("method", .constant("sampling/createMessage")), .required("params", samplingParams)),
                object(.required("method", .constant("elicitation/create")), .required("params", elicitationParams)),
                object(.required("method", .constant("roots/list")), .optional("params", object(.optional("_meta", .object))))))
    }

    /// Answers by the keys of their questions.
    var inputResponses: Schema { .map(of: .either(samplingResult, elicitationResult, rootsResult)) }
}
