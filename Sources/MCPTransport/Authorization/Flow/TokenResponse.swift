import MCPAuthorizationParsing
import MCPCore

/// A successful answer of a token endpoint (RFC 6749 section 5.1, RFC 8693 section 2.2.1).
struct TokenResponse: Sendable {
    var accessToken: SecretText
    /// In lower case.
    var tokenType: String
    /// Seconds.
    var expiresIn: Int64?
    var refreshToken: SecretText?
    /// `nil` where they are the requested ones.
    var scopes: [String]?
    var issuedTokenType: String?

    /// - Throws: `AuthorizationError.refused` or `.unusableAnswer`.
    init(_ reply: FetchReply, url: String) throws {
        guard case .object(let object)? = try? JSONValue(parsing: reply.body) else {
            throw AuthorizationError.unusableAnswer(url: url, reason: "HTTP status \(reply.status) without a JSON object")
        }
        guard reply.status == 200 else { throw Self.refusal(object, reply, endpoint: "token") }
        do {
            let token: String = try object.decode("access_token")
            guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw AuthorizationError.unusableAnswer(url: url, reason: "the token is empty or holds characters that no header takes")
            }
            accessToken = SecretText(token)
            tokenType = try object.decode("token_type", as: String.self).lowercased()
            // Some servers write numbers as text.
            expiresIn = object["expires_in"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
            refreshToken = try object.decodeIfPresent("refresh_token", as: String.self).map { SecretText($0) }
            scopes = try object.decodeIfPresent("scope", as: String.self).map(Scopes.parse)
            issuedTokenType = try object.decodeIfPresent("issued_token_type")
        } catch let error as JSONDecodingError {
            throw AuthorizationError.unusableAnswer(url: url, reason: error.description)
        }
    }

    /// The error of an answer other than 2xx (RFC 6749 section 5.2).
    static func refusal(_ object: JSONObject?, _ reply: FetchReply, endpoint: String) -> AuthorizationError {
        let code = object?["error"]?.string ?? "HTTP status \(reply.status)"
        return .refused(OAuthRefusal(endpoint: endpoint, code: code, explanation: object?["error_description"]?.string))
    }
}
