/// What an argument belongs to whose value is to be completed (`PromptReference`, `ResourceTemplateReference`;
/// 2026-07-28, server/utilities/completion).
public enum CompletionReference: Sendable, Hashable {
    /// An argument of the prompt of that name.
    case prompt(String)
    /// A variable of that URI template.
    case resource(String)
}

extension CompletionReference: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        switch self {
        case .prompt(let name): ["type": "ref/prompt", "name": .string(name)]
        case .resource(let uri): ["type": "ref/resource", "uri": .string(uri)]
        }
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        switch try object.decode("type", as: String.self) {
        case "ref/prompt": self = .prompt(try object.decode("name"))
        case "ref/resource": self = .resource(try object.decode("uri"))
        case let other: throw JSONDecodingError(path: ["type"], expected: "ref/prompt or ref/resource", found: "\"\(other)\"")
        }
    }
}

/// Values that complete what has been typed.
public struct Completion: Sendable, Hashable {
    /// The best first; at most `maximumValues` travel.
    public var values: [String]
    /// How many there are in all, also beyond those that are given.
    public var total: Int?
    public var hasMore: Bool?

    /// The most values that one answer may give.
    public static let maximumValues = 100

    public init(_ values: [String], total: Int? = nil, hasMore: Bool? = nil) {
        self.values = values
        self.total = total
        self.hasMore = hasMore
    }

    /// The values that begin with what has been typed, whatever their case: first those that do so letter by letter, and else in the order in which they are
    /// given. Where none does, those that have it somewhere; and where none has, those that have its letters in that order, so that a slip of the
    /// finger still finds something.
    public static func matching(_ typed: String, in values: some Sequence<String>) -> Completion {
        let folded = typed.lowercased()
        var (exact, beginning, containing, scattered): ([String], [String], [String], [String]) = ([], [], [], [])
        for value in values {
            let candidate = value.lowercased()
            if value.hasPrefix(typed) {
                exact.append(value)
            } else if candidate.hasPrefix(folded) {
                beginning.append(value)
            } else if candidate.contains(folded) {
                containing.append(value)
            } else if hasLetters(of: folded, candidate) {
                scattered.append(value)
            }
        }
        return Completion([exact + beginning, containing, scattered].first { !$0.isEmpty } ?? [])
    }

    private static func hasLetters(of typed: String, _ candidate: String) -> Bool {
        var rest = candidate[...]
        for letter in typed {
            guard let index = rest.firstIndex(of: letter) else { return false }
            rest = rest[rest.index(after: index)...]
        }
        return true
    }
}

extension Completion: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        let given = values.prefix(Self.maximumValues)
        let isCut = given.count < values.count
        var object: JSONObject = ["values": Array(given).json]
        object.set("total", total ?? (isCut ? values.count : nil))
        object.set("hasMore", hasMore ?? (isCut ? true : nil))
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            try object.decode("values"), total: try object.decodeIfPresent("total"), hasMore: try object.decodeIfPresent("hasMore"))
    }
}
