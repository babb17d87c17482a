/// A text that must not be seen: a token, a client secret, a code. It shows itself nowhere, neither in descriptions nor when a value
/// that holds it is dumped; `reveal` is the one way to it.
public struct SecretText: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The text, to be sent or stored.
    public func reveal() -> String { text }

    public var description: String { "‹secret›" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretText: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}
