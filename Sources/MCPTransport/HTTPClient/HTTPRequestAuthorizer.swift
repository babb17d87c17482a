/// Puts authorization on the requests of an `HTTPClientTransport`, and gets it when a server demands it.
public protocol HTTPRequestAuthorizer: Sendable {
    /// The headers for one attempt of a request. While it runs, the time-out of the request stands still: it may ask a person.
    /// - Parameters:
    ///   - request: What is to be sent.
    ///   - refusal: The answer to the attempt before, 401 or 403; `nil` for the first attempt.
    /// - Returns: `nil` to leave it at the refusal, which then fails the request as `TransportError.httpStatus`.
    /// - Throws: Why there is no authorization; the request fails with that.
    func headers(for request: HTTPRequestTarget, after refusal: HTTPRefusal?) async throws -> [(name: String, value: String)]?

    /// Whose authorization the next request will carry: another one after each sign-in and sign-out, the same while a token is only renewed. What a server calls
    /// private is kept under it (`ClientTransport.authorizationContext`); `nil`, the default, where it is not known, and nothing private is kept.
    var authorizationContext: String? { get async }

    /// Takes the nonce that the server wants in the next proof (`DPoP-Nonce`, RFC 9449 section 8.2), from an answer that was no refusal.
    func received(nonce: String) async
}

extension HTTPRequestAuthorizer {
    public var authorizationContext: String? { get async { nil } }
    public func received(nonce: String) async {}
}

/// Where a request goes.
public struct HTTPRequestTarget: Sendable, Hashable {
    public var method: String
    public var url: String

    public init(method: String, url: String) {
        self.method = method
        self.url = url
    }
}

/// A server's answer that a request was not authorized.
public struct HTTPRefusal: Sendable {
    /// How many times this request has been refused, with this time.
    public var attempt: Int
    /// 401 or 403.
    public var status: Int
    /// The headers of the answer.
    public var headers: [(name: String, value: String)]
    /// What the authorizer gave for the attempt.
    public var sentHeaders: [(name: String, value: String)]

    public init(attempt: Int, status: Int, headers: [(name: String, value: String)], sentHeaders: [(name: String, value: String)]) {
        self.attempt = attempt
        self.status = status
        self.headers = headers
        self.sentHeaders = sentHeaders
    }

    /// The values of `WWW-Authenticate`, in order (RFC 9110 section 11.6.1).
    public var challenges: [String] { headers.filter { $0.name.lowercased() == "www-authenticate" }.map(\.value) }

    /// The first value of a header of the answer.
    public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// The value of a header that the authorizer gave.
    public func sent(_ name: String) -> String? { sentHeaders.first { $0.name.lowercased() == name.lowercased() }?.value }
}
