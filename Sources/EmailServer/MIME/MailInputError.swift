/// A message, search or identifier that cannot be used, with what to do instead. The text is meant for the caller, model or human.
public enum MailInputError: Error, Hashable, CustomStringConvertible {
    case address(String, reason: String)
    /// A field of a message to write, by its name in the tools.
    case field(String, reason: String)
    case query(String)
    case noSuchMessage(String)
    case noSuchAccount(String, known: [String])
    /// An idempotency key that came before with other content.
    case keyUsedForOtherMessage(String, messageID: String)

    public var description: String {
        switch self {
        case .address(let text, let reason): "The address \"\(text.prefix(scalars: 120))\" cannot be used: \(reason)."
        case .field(let name, let reason): "`\(name)` cannot be used: \(reason)."
        case .query(let reason): reason
        case .noSuchMessage(let id):
            "There is no message \"\(id.asReadableLine.prefix(scalars: 80))\". Take an `id` from the results of search_emails."
        case .noSuchAccount(let id, let known):
            "There is no account \"\(id.asReadableLine.prefix(scalars: 80))\". The accounts are: \(known.joined(separator: ", "))."
        case .keyUsedForOtherMessage(let key, let id):
            "The idempotency key \"\(key)\" was used before for another message (\(id)). "
                + "Nothing was sent. Use a new key for a new message, or repeat the first one without changes."
        }
    }
}
