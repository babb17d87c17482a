import MCPAuthorizationParsing
import MCPCore

/// The metadata of a protected resource: which authorization servers issue tokens for it (RFC 9728 section 2).
public struct ProtectedResourceMetadata: Sendable, Hashable {
    /// The resource identifier.
    public var resource: String
    /// The issuers of the authorization servers that can be used.
    public var authorizationServers: [String]
    public var scopesSupported: [String]?
    public var resourceName: String?
    public var resourceDocumentation: String?
    /// Whether access tokens must be bound to a key (RFC 9449).
    public var requiresDPoP: Bool
    /// The algorithms of DPoP proofs that the resource accepts.
    public var dpopAlgorithms: [String]?

    public init(
        resource: String, authorizationServers: [String], scopesSupported: [String]? = nil, resourceName: String? = nil,
        resourceDocumentation: String? = nil, requiresDPoP: Bool = false, dpopAlgorithms: [String]? = nil
    ) {
        self.resource = resource
        self.authorizationServers = authorizationServers
        self.scopesSupported = scopesSupported
        self.resourceName = resourceName
        self.resourceDocumentation = resourceDocumentation
        self.requiresDPoP = requiresDPoP
        self.dpopAlgorithms = dpopAlgorithms
    }

    static let wellKnownSuffix = "oauth-protected-resource"

    /// Where the metadata of a server is looked for, in order: only where the challenge says, where it does; else at the server's path and at the
    /// root (2026-07-28, basic/authorization, "Protected Resource Metadata Discovery Requirements").
    static func candidates(server: EndpointURL, challenge: AuthenticationChallenge?) -> [String] {
        if let named = challenge?.resourceMetadata { return [named] }
        let root = "\(server.origin)/.well-known/\(wellKnownSuffix)"
        let inserted = server.wellKnown(wellKnownSuffix)
        return inserted == root ? [root] : [inserted, root]
    }

    /// The resource must be the server, or a path above it on the same origin, where one token serves several endpoints.
    /// - Throws: `AuthorizationError.resourceMismatch`.
    func check(server: EndpointURL) throws {
        let mismatch = AuthorizationError.resourceMismatch(server: server.text, resource: resource)
        guard let resource = try? EndpointURL(resource), resource.origin == server.origin, resource.query == nil || resource.query == server.query
        else { throw mismatch }
        let (outer, inner) = (resource.trimmedPath, server.trimmedPath)
        guard inner == outer || inner.hasPrefix(outer + "/") else { throw mismatch }
    }
}

extension ProtectedResourceMetadata: JSONDecodable, JSONEncodable {
    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            resource: try object.decode("resource"), authorizationServers: try object.decodeIfPresent("authorization_servers") ?? [],
            scopesSupported: try object.decodeIfPresent("scopes_supported"), resourceName: try object.decodeIfPresent("resource_name"),
            resourceDocumentation: try object.decodeIfPresent("resource_documentation"),
            requiresDPoP: try object.decodeIfPresent("dpop_bound_access_tokens_required") ?? false,
            dpopAlgorithms: try object.decodeIfPresent("dpop_signing_alg_values_supported"))
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "resource": .string(resource), "authorization_servers": .array(authorizationServers.map(JSONValue.string)),
            "bearer_methods_supported": ["header"],
        ]
        if let scopesSupported { object["scopes_supported"] = .array(scopesSupported.map(JSONValue.string)) }
        if let resourceName { object["resource_name"] = .string(resourceName) }
        if let resourceDocumentation { object["resource_documentation"] = .string(resourceDocumentation) }
        if requiresDPoP { object["dpop_bound_access_tokens_required"] = true }
        if let dpopAlgorithms { object["dpop_signing_alg_values_supported"] = .array(dpopAlgorithms.map(JSONValue.string)) }
        return .object(object)
    }
}
