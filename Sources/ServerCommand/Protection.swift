import Logging
import MCPAuthorization
import MCPTransport

/// Who may send requests over HTTP, as the settings say it: whoever has a token of an issuer, whoever has one of a list, or everybody.
enum Protection {
    /// - Throws: `ProtectionError` for settings that do not go together; `AuthorizationError` for a URL or file that cannot be used.
    static func authorization(_ settings: Settings, _ logger: Logger) throws -> (any HTTPAuthorization)? {
        let (issuer, tokens, resource) = (settings.string("http.issuer"), settings.string("http.tokens"), settings.string("http.resource"))
        let report: @Sendable (String) -> Void = { logger.warning("\($0)") }
        switch (issuer, tokens) {
        case (nil, nil):
            guard resource == nil else { throw ProtectionError.nobodyIssuesTokens }
            return nil
        case (let issuer?, nil):
            guard let resource else { throw ProtectionError.noResource }
            return try ResourceServer(
                resource: resource, authorizationServers: [issuer], verifier: JWTAccessTokenVerifier(issuer: issuer, audiences: [resource]), report: report)
        case (nil, let tokens?):
            return try ResourceServer(
                resource: resource ?? "http://localhost/mcp", authorizationServers: [], verifier: StaticTokenVerifier(file: tokens), report: report)
        case (_?, _?): throw ProtectionError.twoSources
        }
    }
}

/// Settings of authorization that do not go together.
enum ProtectionError: Error, CustomStringConvertible {
    case noResource, nobodyIssuesTokens, twoSources

    var description: String {
        switch self {
        case .noResource: "--issuer needs --resource: the URL of the endpoint as clients know it, which tokens name as their audience"
        case .nobodyIssuesTokens: "--resource needs --issuer, whose tokens are to be accepted, or --tokens with a list of them"
        case .twoSources: "Give --issuer or --tokens, not both"
        }
    }
}
