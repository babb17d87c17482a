import HTTPTypes
import Logging
import MCPAuthorizationParsing
import MCPCore
import MCPHTTP
import MCPHTTPClient
import MCPHTTPServer
import NIOCore
import NIOPosix

@testable import MCPAuthorization

/// A server over HTTP that takes the tokens of a `TestIssuer`, and clients that sign in to it.
struct ProtectedServer: Sendable {
    let issuer = TestIssuer()
    let url: String

    /// Serves while `body` runs.
    static func run(
        requiresDPoP: Bool = false, dpopNonces: DPoPNonceUse = .none, _ body: @escaping @Sendable (ProtectedServer) async throws -> Void
    ) async throws {
        // Whoever wants a port may get that which was found free: then another one.
        for attempt in 1...20 {
            do { return try await runOnce(requiresDPoP, dpopNonces, body) } catch is ListeningError where attempt < 20 {}
        }
    }

    private static func runOnce(
        _ requiresDPoP: Bool, _ dpopNonces: DPoPNonceUse, _ body: @escaping @Sendable (ProtectedServer) async throws -> Void
    ) async throws {
        // The resource is part of what is served, so that the port has to be known before.
        let probe = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = probe.localAddress?.port ?? 0
        try await probe.close()
        let running = ProtectedServer(url: "http://127.0.0.1:\(port)/mcp")
        let protection = try ResourceServer(
            resource: running.url, authorizationServers: ["https://as.example"], scopesSupported: ["base"], requiresDPoP: requiresDPoP,
            dpopNonces: dpopNonces,
            verifier: IssuedTokens(issuer: running.issuer))
        let (addresses, listening) = AsyncStream.makeStream(of: String.self)
        let transport = HTTPServerTransport(
            port: port, configuration: HTTPHandlerConfiguration(authorization: Watched(inner: protection, issuer: running.issuer)),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), onListening: { listening.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.server.serve(transport) }
            group.addTask {
                for await _ in addresses { return try await body(running) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Everything needs `base`, writing needs `write` too, which `admin` includes.
    static var server: Server {
        let rules = ScopeRules(everything: ["base"], tools: ["write": ["write"]], includes: ["admin": ["write"]])
        return Server("protected", version: "1.0.0", configuration: ServerConfiguration(listTTLMilliseconds: 0, scopes: rules)) {
            ServerTool(Tool(name: "read", inputSchema: ["type": "object"])) { _, context in
                CallToolResult(text: context.peer.principal.map { "\($0.id): \($0.scopes?.sorted().joined(separator: " ") ?? "all")" } ?? "nobody")
            }
            // Private, and good for an hour.
            ServerResource(Resource(uri: "test://me", name: "me")) { context in
                let text = context.peer.principal?.scopes?.sorted().joined(separator: " ") ?? "nobody"
                return ReadResourceResult([ResourceContents(uri: "test://me", text: text)], cache: CacheHint(ttlMilliseconds: 3_600_000))
            }
            ServerTool(Tool(name: "write", inputSchema: ["type": "object"])) { _, _ in CallToolResult(text: "written") }
        }
    }

    func authorizer(_ change: (inout OAuthClientConfiguration) -> Void = { _ in }) throws -> OAuthAuthorizer {
        var configuration = OAuthClientConfiguration(clientName: "Test", userAgent: issuer)
        change(&configuration)
        return try OAuthAuthorizer(EndpointURL(url), configuration, fetcher: Fetcher(issuer: issuer, server: EndpointURL(url)))
    }

    /// The issuer answers from memory, the server over HTTP.
    private struct Fetcher: AuthorizationFetcher {
        let issuer: TestIssuer
        let server: EndpointURL

        func fetch(_ request: FetchRequest) async throws -> FetchReply {
            if request.url.origin != server.origin { return try await issuer.fetch(request) }
            return try await GuardedFetcher(policy: .automatic(for: server)).fetch(request)
        }
    }

    /// Keeps what was asked for.
    private struct Watched: HTTPAuthorization {
        let inner: ResourceServer
        let issuer: TestIssuer
        var documents: [String: [UInt8]] { inner.documents }

        func authorize(_ request: HTTPRequest) async -> HTTPAuthorizationVerdict {
            issuer.update { $0.targets.append(request.path ?? "") }
            return await inner.authorize(request)
        }

        func insufficientScope(_ scopes: Set<String>) -> HTTPAnswer { inner.insufficientScope(scopes) }
    }

    private struct IssuedTokens: AccessTokenVerifier {
        let issuer: TestIssuer

        func verify(_ token: SecretText) throws -> VerifiedAccessToken {
            guard let issued = issuer.state.withLock({ $0.accessTokens[token.reveal()] }) else { throw AccessTokenRejection("it is unknown") }
            return VerifiedAccessToken(principalID: "ada", scopes: Set(Scopes.parse(issued.scope)), keyThumbprint: issued.thumbprint)
        }
    }
}
