import MCPAuthorization
import MCPTransport
import Synchronization

/// Puts the tokens for one server on its requests: the SDK's authorizer, with a person at the other end of the chat, and the store of the chat.
final class ServerAuthorizer: HTTPRequestAuthorizer {
    let signIn: ServerSignIn
    private let authorizer: OAuthAuthorizer
    /// The header that the last sign-in brought.
    private let fresh = Mutex<Secret?>(nil)

    /// - Throws: `AuthorizationError.invalidURL`.
    init(
        server name: String, url: String, client: ServerEntry.OAuthClient?, store: any CredentialStore,
        redact: @escaping @Sendable (String) -> String = { $0 }
    ) throws {
        signIn = ServerSignIn(server: name, redact: redact)
        let registered = client.map { client in
            [PreRegisteredClient(id: client.id, authentication: client.secret.map { .secret(SecretText($0.value)) } ?? .none)]
        }
        authorizer = try OAuthAuthorizer(
            server: url,
            configuration: OAuthClientConfiguration(clientName: "Swift MCP chat", registered: registered ?? [], userAgent: signIn, store: store))
    }

    func headers(for request: HTTPRequestTarget, after refusal: HTTPRefusal?) async throws -> [(name: String, value: String)]? {
        do {
            if let refusal, try await isFreshToken(refusal) {
                // To ask the person again would bring the same.
                try await authorizer.signOut()
                throw SignInProblem.tokenIsRefused(server: signIn.server, host: await signIn.host)
            }
            let before = await signIn.completed
            let headers = try await authorizer.headers(for: request, after: refusal)
            let authorization = headers?.first { $0.name.lowercased() == "authorization" }?.value
            if await signIn.completed != before { fresh.withLock { $0 = authorization.map(Secret.init) } }
            await signIn.isSignedIn(authorization != nil)
            return headers
        } catch let error as CancellationError {
            throw error
        } catch {
            await signIn.failed(error)
            throw error
        }
    }

    var authorizationContext: String? { get async { await authorizer.authorizationContext } }

    func received(nonce: String) async { await authorizer.received(nonce: nonce) }

    func signOut() async throws {
        try await authorizer.signOut()
        await signIn.isSignedIn(false)
    }

    /// Whether a request was refused, and then again with what a sign-in had just brought for it.
    private func isFreshToken(_ refusal: HTTPRefusal) async throws -> Bool {
        // Who wants a nonce with the proof refuses the proof and not the token (RFC 9449 section 9).
        let wantsNonce = refusal.challenges.contains { $0.contains("use_dpop_nonce") }
        guard refusal.status == 401, refusal.attempt > 1, !wantsNonce, let sent = refusal.sent("authorization") else { return false }
        return fresh.withLock { $0?.value } == sent
    }
}
