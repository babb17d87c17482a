/// Who speaks in a conversation (`Role`).
public enum Role: String, Sendable, Hashable {
    case user
    /// The model.
    case assistant
}

extension Role: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .string(rawValue) }

    public init(json: JSONValue) throws {
        guard let role = json.string.flatMap(Role.init) else {
            throw JSONDecodingError(expected: "user or assistant", found: json.serializedString)
        }
        self = role
    }
}
