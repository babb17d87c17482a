/// A request to an endpoint of authorization.
struct FetchRequest: Sendable {
    enum Body: Sendable {
        case form(FormBody)
        case json([UInt8])
    }

    var url: EndpointURL
    var headers: [(name: String, value: String)] = []
    /// POST with a body, GET without.
    var body: Body?

    var method: String { body == nil ? "GET" : "POST" }
}

/// What an endpoint answered. Its body may hold secrets, so that it is no part of any error.
struct FetchReply: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Makes the requests of authorization. Tests answer them from memory.
protocol AuthorizationFetcher: Sendable {
    /// - Throws: `AuthorizationError`, `CancellationError`.
    func fetch(_ request: FetchRequest) async throws -> FetchReply
}
