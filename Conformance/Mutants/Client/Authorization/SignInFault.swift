/// A fault of a client that signs in.
public enum SignInFault: String, Sendable, Hashable, CaseIterable {
    // Discovery
    case ignoresAnnouncedMetadata = "ignores-announced-metadata"
    case pathMetadataOnly = "path-metadata-only"
    case noOpenIDMetadata = "no-openid-metadata"
    case openIDMetadataFirst = "openid-metadata-first"
    case dropsIssuerPath = "drops-issuer-path"
    case anyMetadataIssuer = "any-metadata-issuer"
    case anyResource = "any-resource"

    // Who the client is
    case noMetadataDocument = "no-metadata-document"
    case registersAnyway = "registers-anyway"
    case oneRegistrationForAll = "one-registration-for-all"
    case noRefreshGrant = "no-refresh-grant"
    case secretInBody = "secret-in-body"
    case secretInHeader = "secret-in-header"
    case assertionForTokenEndpoint = "assertion-for-token-endpoint"

    // The authorization request and its response
    case plainChallenge = "plain-challenge"
    case noResource = "no-resource"
    case oneState = "one-state"
    case anyState = "any-state"
    case ignoresResponseIssuer = "ignores-response-issuer"
    case normalizesResponseIssuer = "normalizes-response-issuer"
    case announcedResponseIssuerOnly = "announced-response-issuer-only"
    case demandsResponseIssuer = "demands-response-issuer"
    case comparesResponseIssuerWithServer = "compares-response-issuer-with-server"

    // Scopes
    case ignoresChallengeScopes = "ignores-challenge-scopes"
    case ignoresSupportedScopes = "ignores-supported-scopes"
    case inventsScopes = "invents-scopes"
    case noStepUp = "no-step-up"
    case narrowStepUp = "narrow-step-up"
    case endlessStepUp = "endless-step-up"
    case offlineUnoffered = "offline-unoffered"

    // Other grants, and the use of tokens
    case skipsExchange = "skips-exchange"
    case foreignAssertion = "foreign-assertion"
    case asksAgainAfterRefusal = "asks-again-after-refusal"
    case oneRefreshTokenForAll = "one-refresh-token-for-all"
    case forgetsToken = "forgets-token"
    case boundAsBearer = "bound-as-bearer"
    case oneProofForAll = "one-proof-for-all"
    case ignoresNonces = "ignores-nonces"

    /// What is wrong, in a sentence.
    var text: String {
        switch self {
        case .ignoresAnnouncedMetadata: "Does not look where the challenge says that the metadata stand."
        case .pathMetadataOnly: "Looks for the metadata of a server at its path, and not at the root."
        case .noOpenIDMetadata: "Knows no OpenID metadata."
        case .openIDMetadataFirst: "Looks for OpenID metadata before those of RFC 8414."
        case .dropsIssuerPath: "Looks for the metadata of an issuer without its path."
        case .anyMetadataIssuer: "Uses metadata of another issuer."
        case .anyResource: "Uses metadata of another resource."
        case .noMetadataDocument: "Registers where it could name its metadata document."
        case .registersAnyway: "Registers though it was registered by hand."
        case .oneRegistrationForAll: "Takes its client id to every authorization server."
        case .noRefreshGrant: "Registers for codes alone."
        case .secretInBody: "Sends its secret in the body, whatever the server takes."
        case .secretInHeader: "Sends its secret in a header, whatever the server takes."
        case .assertionForTokenEndpoint: "Makes its assertions for the token endpoint, and not for the issuer."
        case .plainChallenge: "Sends the verifier as the challenge."
        case .noResource: "Does not say what the token is for."
        case .oneState: "Uses one state for all requests."
        case .anyState: "Does not look at the state of a response."
        case .ignoresResponseIssuer: "Does not look at the iss of a response."
        case .normalizesResponseIssuer: "Passes over a / at the end of the iss of a response."
        case .announcedResponseIssuerOnly: "Looks at the iss of a response only where it was announced."
        case .demandsResponseIssuer: "Takes no response without iss."
        case .comparesResponseIssuerWithServer: "Takes the MCP server for the issuer of responses."
        case .ignoresChallengeScopes: "Does not look at the scopes of a challenge."
        case .ignoresSupportedScopes: "Does not look at the scopes of the metadata."
        case .inventsScopes: "Asks for a scope of its own where nobody names one."
        case .noStepUp: "Takes 403 for the end."
        case .narrowStepUp: "Asks after 403 for the new scopes alone."
        case .endlessStepUp: "Asks for authorization as often as it gets 403."
        case .offlineUnoffered: "Asks for offline_access where it is not offered."
        case .skipsExchange: "Shows the ID token where the grant belongs."
        case .foreignAssertion: "Shows an assertion that is for another issuer."
        case .asksAgainAfterRefusal: "Asks again where its assertion was refused."
        case .oneRefreshTokenForAll: "Uses its first refresh token for all renewals."
        case .forgetsToken: "Shows its token only after it was refused without."
        case .boundAsBearer: "Shows a token that is bound to a key as a bearer token."
        case .oneProofForAll: "Uses one proof for all requests."
        case .ignoresNonces: "Does not put the nonces of servers in its proofs."
        }
    }
}
