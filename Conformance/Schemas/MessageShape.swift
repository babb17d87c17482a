/// A side of a conversation.
public enum Party: String, Sendable, Hashable, CaseIterable {
    case client, server

    /// The other side.
    public var other: Party { self == .client ? .server : .client }
}

/// What a schema is chosen by: the kind of a message and what it is about.
public enum MessageShape: Sendable, Hashable {
    /// A request; `nil` stands for the methods that are not defined.
    case request(method: String?, from: Party)
    /// A notification; `nil` stands for the methods that are not defined.
    case notification(method: String?, from: Party)
    /// A response with the result of a request; `nil` where the request is not known or not defined.
    case result(of: String?, from: Party)
    /// A response that asks for input instead of the result (`resultType` is `input_required`).
    case inputRequired(of: String?)
    /// A response with an error; `nil` stands for the codes that have no definition of their own.
    case error(code: Int64?)

    /// The same kind of message, about nothing in particular.
    var general: MessageShape {
        switch self {
        case .request(_, let sender): .request(method: nil, from: sender)
        case .notification(_, let sender): .notification(method: nil, from: sender)
        case .result(_, let sender): .result(of: nil, from: sender)
        case .inputRequired: .inputRequired(of: nil)
        case .error: .error(code: nil)
        }
    }
}
