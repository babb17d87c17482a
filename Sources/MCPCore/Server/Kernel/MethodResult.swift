/// The result of a method, before an era has spelt it.
enum MethodResult: Sendable {
    case complete(JSONObject, cache: CacheHint? = nil)
    case inputRequired(InputRequired)
    /// A result of a type that an extension has added.
    case extended(type: String, JSONObject)
    /// The end of a subscription that the server has closed.
    case subscriptionEnded(RequestID)
}

/// The answers of a client are needed before a call can go on (`InputRequiredResult`).
public struct InputRequired: Sendable, Hashable {
    /// A request to the client, and the capability that it needs.
    public struct Request: Sendable, Hashable {
        public var method: String
        public var params: JSONObject
        public init(method: String, params: JSONObject) {
            self.method = method
            self.params = params
        }
    }

    /// The requests by a key that the server chooses; the answers come under the same keys, in this order.
    public var requests: [(key: String, request: Request)]
    /// What the server wants back with the retry.
    public var state: String?

    public init(_ requests: [(key: String, request: Request)], state: String? = nil) {
        self.requests = requests
        self.state = state
    }

    public static func == (one: InputRequired, other: InputRequired) -> Bool {
        one.state == other.state && one.requests.elementsEqual(other.requests, by: ==)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(state)
        for (key, request) in requests {
            hasher.combine(key)
            hasher.combine(request)
        }
    }
}
