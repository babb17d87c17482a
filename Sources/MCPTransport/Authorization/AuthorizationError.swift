/// A sign-in, or the renewal of one, that did not succeed. No case carries a token, a code or a client secret.
public enum AuthorizationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A URL that a server named cannot be used.
    case invalidURL(String, reason: String)
    /// A URL leads where a client must not be led (server-side request forgery).
    case forbiddenAddress(url: String, reason: String)
    /// An endpoint could not be reached, or answered with what cannot be used.
    case unusableAnswer(url: String, reason: String)
    /// The server demands authorization and does not say from whom (RFC 9728).
    case noProtectedResourceMetadata(server: String)
    /// The metadata describes another resource than the server (RFC 9728 section 3.3, RFC 8707).
    case resourceMismatch(server: String, resource: String)
    /// No metadata of the authorization server was found (RFC 8414, OpenID Connect Discovery).
    case noAuthorizationServerMetadata(issuer: String)
    /// A metadata document, or an authorization response, names another issuer than the one that it was asked from (RFC 8414 section 3.3, RFC 9207).
    case issuerMismatch(expected: String, found: String?)
    /// The authorization server does not offer something that is needed.
    case unsupported(issuer: String, what: String)
    /// There is no way to get a client id at this authorization server.
    case noRegistration(issuer: String, reason: String)
    /// The authorization response does not belong to the request, or holds no code.
    case invalidAuthorizationResponse(String)
    /// The authorization server refused (RFC 6749 sections 4.1.2.1 and 5.2, RFC 7591 section 3.2.2).
    case refused(OAuthRefusal)
    /// The sign-in needs a browser, and there is none.
    case needsUserAgent(issuer: String)
    /// What the store holds cannot be read or written.
    case storage(String)
    /// A key cannot be used.
    case invalidKey(String)

    public var description: String {
        switch self {
        case .invalidURL(let url, let reason): "\(Printable.text(url)) cannot be used: \(reason)"
        case .forbiddenAddress(let url, let reason): "\(Printable.text(url)) is not called: \(reason)"
        case .unusableAnswer(let url, let reason): "\(Printable.text(url)): \(reason)"
        case .noProtectedResourceMetadata(let server):
            "\(server) demands authorization, but its protected resource metadata (RFC 9728) is nowhere to be found. "
                + "Name the authorization server in the configuration."
        case .resourceMismatch(let server, let resource):
            "The protected resource metadata of \(server) is for another resource, \(Printable.text(resource)). Nothing was sent."
        case .noAuthorizationServerMetadata(let issuer):
            "The authorization server \(Printable.text(issuer)) has no metadata at any of the well-known places (RFC 8414, OpenID Connect Discovery)."
        case .issuerMismatch(let expected, let found):
            "The answer is from the issuer \(found.map { Printable.text($0) } ?? "nobody"), but \(Printable.text(expected)) was asked. It was not used."
        case .unsupported(let issuer, let what): "The authorization server \(Printable.text(issuer)) does not offer \(what)."
        case .noRegistration(let issuer, let reason): "There is no client id for \(Printable.text(issuer)): \(reason)"
        case .invalidAuthorizationResponse(let reason): "The authorization response was not used: \(reason)"
        case .refused(let refusal): refusal.description
        case .needsUserAgent(let issuer):
            "The sign-in at \(Printable.text(issuer)) needs a browser. Give the configuration a user agent, or sign in with another program that shares the store."
        case .storage(let reason): "The store of credentials: \(reason)"
        case .invalidKey(let reason): "The key cannot be used: \(reason)"
        }
    }
}

/// What an authorization server answered instead of what it was asked for.
public struct OAuthRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The endpoint, as people know it: `token`, `registration`, `authorization`.
    public var endpoint: String
    /// The error code, for example `invalid_grant`.
    public var code: String
    /// Words for people, as the server wrote them; shortened and without control characters in `description`.
    public var explanation: String?

    public init(endpoint: String, code: String, explanation: String? = nil) {
        self.endpoint = endpoint
        self.code = code
        self.explanation = explanation
    }

    public var description: String {
        "The \(endpoint) endpoint refused: \(Printable.text(code, limit: 64))" + (explanation.map { " (\(Printable.text($0)))" } ?? "")
    }
}

/// Text of strangers that goes to a log or a terminal.
enum Printable {
    static func text(_ text: String, limit: Int = 200) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            shown.append(scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format ? "\u{FFFD}" : scalar)
        }
        return String(shown) + (text.unicodeScalars.count > limit ? "…" : "")
    }
}
