/// Takes a person through an authorization request: a browser of the application's own, or the system's with a listener on this machine.
public protocol AuthorizationUserAgent: Sendable {
    /// Gets ready to receive a redirect; called before the client registers.
    /// - Parameter registered: The redirect URI of an earlier registration, to be used again where that is possible.
    func prepare(registered: String?) async throws -> any AuthorizationRedirect

    /// The same, for a user agent that tells the person where before it goes there, or that keeps a redirect URI for each issuer. This one is
    /// what is called; left out it calls the other.
    /// - Parameter issuer: The authorization server, from its validated metadata.
    func prepare(registered: String?, issuer: String) async throws -> any AuthorizationRedirect
}

extension AuthorizationUserAgent {
    public func prepare(registered: String?, issuer: String) async throws -> any AuthorizationRedirect { try await prepare(registered: registered) }
}

/// One sign-in of a user agent.
public protocol AuthorizationRedirect: Sendable {
    /// The redirect URI: `https:`, loopback, or a scheme that belongs to the application (RFC 8252 section 7).
    var redirectURI: String { get }

    /// Shows a page to the person and waits for the redirect that belongs to it. What comes with another `state` is somebody else's, and is passed over.
    /// - Returns: The URL that the browser was sent to.
    func visit(_ url: String, state: String) async throws -> String

    /// Ends the sign-in and frees what it holds.
    func close() async
}
