import MCPCore

/// A request with its result, or a notification, as a feature defines it.
struct MessageDefinition: Sendable {
    enum Kind: Sendable {
        /// - Parameter asks: Whether the answer may be a request for input (2026-07-28, "Multi Round-Trip Requests").
        case request(result: Schema, asks: Bool)
        case notification
    }

    var method: String
    /// Who may send it.
    var senders: Set<Party>
    var params: Schema
    /// Whether `params` may be left out.
    var omitsParams: Bool
    var kind: Kind
    /// The first revision that has the message; `nil` when all old ones do.
    var since: ProtocolRevision?
    /// The first revision that has it no more; `nil` when all new ones do.
    var before: ProtocolRevision?

    var isNotification: Bool { if case .notification = kind { true } else { false } }

    var paramsMember: Member { omitsParams ? .optional("params", params) : .required("params", params) }

    static func request(
        _ method: String, from senders: Set<Party>, params: Schema, omitsParams: Bool = false, result: Schema, asks: Bool = false,
        since: ProtocolRevision? = nil, before: ProtocolRevision? = nil
    ) -> MessageDefinition {
        MessageDefinition(
            method: method, senders: senders, params: params, omitsParams: omitsParams, kind: .request(result: result, asks: asks), since: since,
            before: before)
    }

    static func notification(
        _ method: String, from senders: Set<Party>, params: Schema, omitsParams: Bool = false, since: ProtocolRevision? = nil,
        before: ProtocolRevision? = nil
    ) -> MessageDefinition {
        MessageDefinition(
            method: method, senders: senders, params: params, omitsParams: omitsParams, kind: .notification, since: since, before: before)
    }
}
