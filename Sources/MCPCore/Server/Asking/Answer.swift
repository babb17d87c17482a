/// What a user did with a question (`ElicitResult`).
public enum Answer<Value: Sendable>: Sendable {
    /// The user answered; for a URL question the value is empty and says nothing of what happened on the page.
    case accept(Value)
    /// The user said no.
    case decline
    /// The user dismissed the question.
    case cancel

    /// The answer where there is one.
    public var accepted: Value? { if case .accept(let value) = self { value } else { nil } }
}

extension Answer: Equatable where Value: Equatable {}
