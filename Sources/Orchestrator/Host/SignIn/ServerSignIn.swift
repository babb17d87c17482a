import Foundation
import MCPAuthorization

/// The sign-in to one server: where the SDK's authorizer waits for a person, and where the page and the redirect are brought.
///
///     idle ── prepare ──▶ needed ── begin ──▶ begun ── visit ──▶ away ── finish ──▶ (the authorizer goes on) ── close ──▶ idle
actor ServerSignIn: AuthorizationUserAgent {
    /// What the page shows of it.
    struct View: Sendable, Hashable {
        /// The host where a person has to sign in; `nil` while nobody has to.
        var host: String?
        /// Why the last sign-in did not succeed.
        var failure: ChatFailure?
        var isSignedIn = false
        /// How many came before it.
        var number = 0
    }

    private enum Phase {
        /// No request waits for a person.
        case idle
        case needed(begin: AsyncStream<SignInRequest>.Continuation)
        /// The client is registered, where it has to be, and the address made.
        case begun(SignInRequest)
        case away(Away)
    }

    private struct Away {
        var request: SignInRequest
        let url: String
        let state: String
        let redirected: AsyncStream<Result<String, SignInProblem>>.Continuation
    }

    nonisolated let server: String
    /// What the page shows, each time that it changes; for one reader.
    nonisolated let views: AsyncStream<View>
    private let viewSource: AsyncStream<View>.Continuation

    private var phase = Phase.idle
    private var issuer = ""
    private(set) var view = View()
    /// Whoever began anew while another browser was away.
    private var next: SignInRequest?
    /// Whether a person has begun one that has neither succeeded nor failed.
    private var isUnderWay = false
    /// The failure of the last, until the connector has taken note of it.
    private var newFailure: ChatFailure?
    /// How many have brought a code.
    private(set) var completed = 0
    private var signOuts: AsyncStream<Void>.Continuation?
    private var wantsSignOut = false

    private let redact: @Sendable (String) -> String

    /// - Parameter redact: Takes secrets out of what a failure quotes.
    init(server: String, redact: @escaping @Sendable (String) -> String = { $0 }) {
        self.server = server
        self.redact = redact
        (views, viewSource) = AsyncStream.makeStream(of: View.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The authorization server's host, as people know it.
    var host: String {
        guard let parts = URLComponents(string: issuer), let host = parts.host else { return issuer }
        return parts.port.map { "\(host):\($0)" } ?? host
    }

    // MARK: The SDK's side

    nonisolated func prepare(registered: String?) async throws -> any AuthorizationRedirect { try await prepare(registered: registered, issuer: "") }

    func prepare(registered: String?, issuer: String) async throws -> any AuthorizationRedirect {
        self.issuer = issuer
        let request = if let next { next } else { try await begin() }
        next = nil
        phase = .begun(request)
        isUnderWay = true
        change { view in
            view.host = nil
            view.failure = nil
        }
        return Redirect(signIn: self, redirectURI: request.origin + SignInRoute.path(issuer: issuer))
    }

    /// Waits until somebody wants to sign in.
    private func begin() async throws -> SignInRequest {
        let (requests, source) = AsyncStream.makeStream(of: SignInRequest.self, bufferingPolicy: .bufferingNewest(1))
        phase = .needed(begin: source)
        let host = host
        change { $0.host = host }
        for await request in requests { return request }
        // Nobody waits for it any more.
        close()
        throw CancellationError()
    }

    private func visit(_ url: String, state: String) async throws -> String {
        guard case .begun(let request) = phase else { throw CancellationError() }
        let (redirects, source) = AsyncStream.makeStream(of: Result<String, SignInProblem>.self, bufferingPolicy: .bufferingNewest(1))
        phase = .away(Away(request: request, url: url, state: state, redirected: source))
        // A person who does not come back can begin again at any time.
        let host = host
        change { $0.host = host }
        request.present(url)
        for await redirect in redirects {
            let callback = try redirect.get()
            completed += 1
            return callback
        }
        throw CancellationError()
    }

    private func close() {
        phase = .idle
        change { $0.host = nil }
    }

    private struct Redirect: AuthorizationRedirect {
        let signIn: ServerSignIn
        let redirectURI: String

        func visit(_ url: String, state: String) async throws -> String { try await signIn.visit(url, state: state) }
        func close() async { await signIn.close() }
    }

    // MARK: The person's side

    /// - Throws: `ChatFailure`.
    func begin(_ request: SignInRequest) throws {
        guard SignInRoute.isSafe(origin: request.origin) else {
            throw ChatFailure.signInCannotBegin(
                "The chat is open at \(request.origin), and a sign-in may only come back to https:// or to this machine.",
                "Open the chat under an https:// address, or on the machine where it runs.")
        }
        switch phase {
        case .idle:
            throw ChatFailure.signInCannotBegin("“\(server)” does not wait for one.", "Look at the list of servers for how it is.")
        case .needed(let source):
            phase = .begun(request)
            source.yield(request)
        case .begun(let current):
            guard current.browser == request.browser, current.origin == request.origin else {
                throw ChatFailure.signInCannotBegin("One has just been begun in another browser.", "Try again in a moment.")
            }
            phase = .begun(request)
        case .away(var away):
            guard away.request.browser == request.browser, away.request.origin == request.origin else {
                // Whoever is away may never come back.
                next = request
                away.redirected.yield(.failure(.begunElsewhere))
                return
            }
            away.request = request
            phase = .away(away)
            request.present(away.url)
        }
    }

    func finish(_ redirect: SignInRedirect) -> SignInRedirect.Answer {
        guard case .away(let away) = phase, away.state == redirect.state else { return .unknown }
        guard away.request.browser == redirect.browser else { return .otherBrowser }
        guard redirect.path == SignInRoute.path(issuer: issuer) else { return .otherIssuer }
        phase = .begun(away.request)
        change { $0.host = nil }
        away.redirected.yield(.success("\(redirect.path)?\(redirect.query)"))
        return .taken(returnTo: away.request.returnTo)
    }

    // MARK: What became of it

    /// Takes what kept a request from being authorized.
    func failed(_ error: any Error) {
        guard isUnderWay else { return }
        isUnderWay = false
        let failure = ChatFailure.signIn(to: server, at: host, error, redact)
        newFailure = failure
        // The one that takes its place is under way.
        if case SignInProblem.begunElsewhere = error { return }
        change { $0.failure = failure }
    }

    /// Why a sign-in that a person had begun did not succeed; told once.
    func takeFailure() -> ChatFailure? {
        defer { newFailure = nil }
        return newFailure
    }

    /// The server takes the requests.
    func succeeded() {
        isUnderWay = false
        (next, newFailure) = (nil, nil)
        change { $0.failure = nil }
    }

    func isSignedIn(_ isSignedIn: Bool) { change { $0.isSignedIn = isSignedIn } }

    // MARK: Signing out

    /// One element when the person wants to sign out; for one reader, which gets what was wanted before too.
    func signOutWishes() -> AsyncStream<Void> {
        let (stream, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        signOuts = source
        if wantsSignOut { source.yield() }
        return stream
    }

    func wishSignOut() {
        wantsSignOut = true
        signOuts?.yield()
    }

    /// Whether the connection ended because the person wanted to sign out.
    func takeSignOutWish() -> Bool {
        defer { wantsSignOut = false }
        return wantsSignOut
    }

    private func change(_ update: (inout View) -> Void) {
        let before = view
        update(&view)
        guard view != before else { return }
        view.number += 1
        viewSource.yield(view)
    }
}
