import MCPCore

extension AuthorizationServer {
    /// Where the metadata of an issuer may stand, in the order in which clients ask (basic/authorization, "Authorization Server Metadata Discovery").
    static func metadataPaths(issuerPath: String) -> [(place: AuthorizationServerFeatures.MetadataPlace, path: String)] {
        let oauth = "/.well-known/oauth-authorization-server\(issuerPath)"
        let inserted = "/.well-known/openid-configuration\(issuerPath)"
        guard !issuerPath.isEmpty else { return [(.oauth, oauth), (.openID, inserted)] }
        return [(.oauth, oauth), (.openIDInserted, inserted), (.openID, "\(issuerPath)/.well-known/openid-configuration")]
    }

    /// The metadata document, where the path is one of its places.
    func metadata(at path: String) -> JSONObject? {
        guard let place = Self.metadataPaths(issuerPath: features.issuerPath).first(where: { $0.path == path })?.place,
            features.metadataPlaces.contains(place)
        else { return nil }
        return metadata
    }

    /// RFC 8414 section 2, and what other specifications add to it.
    private var metadata: JSONObject {
        let endpoint = { (name: String) in JSONValue.string(self.origin + self.path(name)) }
        var document: JSONObject = [
            "issuer": .string(features.statedIssuer ?? issuer), "token_endpoint": endpoint("/token"), "jwks_uri": endpoint("/jwks"),
            "introspection_endpoint": endpoint("/introspect"), "response_types_supported": ["code"], "response_modes_supported": ["query"],
            "grant_types_supported": .array(features.grants.map { .string($0.rawValue) }),
            "token_endpoint_auth_methods_supported": .array(features.clientMethods.map { .string($0.rawValue) }),
            "code_challenge_methods_supported": ["S256"],
            // What OpenID Connect Discovery demands.
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
        ]
        if features.grants.contains(.authorizationCode) { document["authorization_endpoint"] = endpoint("/authorize") }
        if features.registers { document["registration_endpoint"] = endpoint("/register") }
        if features.takesMetadataDocuments { document["client_id_metadata_document_supported"] = true }
        if features.clientMethods.contains(.privateKey) {
            document["token_endpoint_auth_signing_alg_values_supported"] = .array(PossessionProof.algorithms.map(JSONValue.string))
        }
        if let scopes = features.scopes { document["scopes_supported"] = .array(scopes.map(JSONValue.string)) }
        if let advertisesIssuer = features.advertisesIssuer { document["authorization_response_iss_parameter_supported"] = .bool(advertisesIssuer) }
        if features.binding != .none { document["dpop_signing_alg_values_supported"] = .array(PossessionProof.algorithms.map(JSONValue.string)) }
        return document
    }
}
