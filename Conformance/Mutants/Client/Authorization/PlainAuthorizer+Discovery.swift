import MCPCore

extension PlainAuthorizer {
    /// The metadata of the server and of its issuer.
    struct Discovery {
        var resource: JSONObject
        var issuer: JSONObject
    }

    func discover(_ challenge: String) async throws -> Discovery {
        let resource = try await resourceMetadata(challenge)
        guard let issuer = resource["authorization_servers"]?[0]?.string else { throw SignInError("the server names no authorization server") }
        return Discovery(resource: resource, issuer: try await issuerMetadata(issuer))
    }

    private func resourceMetadata(_ challenge: String) async throws -> JSONObject {
        let (origin, path) = SignInText.parts(server)
        let root = "\(origin)/.well-known/oauth-protected-resource"
        var candidates = fault == .pathMetadataOnly ? [root + path] : [root + path, root]
        if let announced = SignInText.parameter("resource_metadata", of: challenge), fault != .ignoresAnnouncedMetadata { candidates = [announced] }
        for candidate in candidates {
            guard let document = try await SignInHTTP.document(candidate) else { continue }
            let resource: String = try document.decode("resource")
            guard resource == server || resource == origin || fault == .anyResource else { throw SignInError("the metadata are of \(resource)") }
            return document
        }
        throw SignInError("the server has no metadata")
    }

    private func issuerMetadata(_ issuer: String) async throws -> JSONObject {
        let parts = SignInText.parts(issuer)
        let origin = parts.origin
        let path = fault == .dropsIssuerPath ? "" : parts.path
        let openID =
            path.isEmpty ? ["/.well-known/openid-configuration"] : ["/.well-known/openid-configuration\(path)", "\(path)/.well-known/openid-configuration"]
        var candidates = ["/.well-known/oauth-authorization-server\(path)"]
        if fault != .noOpenIDMetadata { candidates += openID }
        if fault == .openIDMetadataFirst { candidates.reverse() }
        for candidate in candidates {
            guard let document = try await SignInHTTP.document(origin + candidate) else { continue }
            guard document["issuer"]?.string == issuer || fault == .anyMetadataIssuer else { throw SignInError("the metadata are of another issuer") }
            return document
        }
        throw SignInError("\(issuer) has no metadata")
    }

    // MARK: Who the client is

    /// The client as the issuer knows it: `client_id`, and `client_secret` where there is one.
    func client(_ found: Discovery) async throws -> JSONObject {
        if context["client_id"] != nil, fault != .registersAnyway || scenario != "auth/pre-registration" { return context }
        if found.issuer["client_id_metadata_document_supported"] == true, fault != .noMetadataDocument { return ["client_id": .string(Self.metadataURL)] }
        let issuer: String = try found.issuer.decode("issuer")
        let known = fault == .oneRegistrationForAll ? registrations.values.first : registrations[issuer]
        if let known { return known }
        let methods = found.issuer["token_endpoint_auth_methods_supported"]?.array ?? ["client_secret_basic"]
        let body: JSONObject = [
            "client_name": "plain client", "redirect_uris": [.string(Self.redirectURI)], "response_types": ["code"], "application_type": "native",
            "grant_types": fault == .noRefreshGrant ? ["authorization_code"] : ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": methods.first ?? "none",
        ]
        let endpoint = found.issuer["registration_endpoint"]?.string ?? "\(issuer)/register"
        let reply = try await SignInHTTP.post(endpoint, type: "application/json", JSONValue.object(body).serializedString)
        guard reply.status == 201 else { throw SignInError("the registration was refused: \(reply.status)") }
        registrations[issuer] = reply.body
        return reply.body
    }
}
