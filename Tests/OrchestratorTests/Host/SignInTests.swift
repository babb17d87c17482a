import Foundation
import Logging
import MCPAuthorization
import MCPCore
import Synchronization
import Testing

@testable import Orchestrator

/// Signing in to a server that demands authorization, over real HTTP.
@Suite(.timeLimit(.minutes(2))) struct SignInTests {
    private static let browser = "0123456789abcdef0123456789abcdef"

    /// What a page sees of its sign-in.
    private final class Page: Sendable {
        let urls: AsyncStream<String>
        private let source: AsyncStream<String>.Continuation
        let browser: String
        let origin: String

        init(_ browser: String = SignInTests.browser, origin: String = "http://127.0.0.1:8080") {
            self.browser = browser
            self.origin = origin
            (urls, source) = AsyncStream.makeStream(of: String.self)
        }

        var request: SignInRequest { SignInRequest(browser: browser, origin: origin, returnTo: "/c/1") { [source] in source.yield($0) } }

        /// The next address that it is sent to.
        func url() async throws -> String {
            for await url in urls { return url }
            throw CancellationError()
        }
    }

    private func running(
        _ place: ProtectedPlace, store: any CredentialStore = MemoryCredentialStore(), logger: Logger? = nil, _ body: (MCPHost) async throws -> Void
    ) async throws {
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let host = MCPHost(
            ServerList([place.entry]), info: Implementation(name: "test", version: "1"), credentials: store, logger: logger ?? quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await host.run() }
            defer { group.cancelAll() }
            try await body(host)
        }
    }

    private func redirect(_ answer: (path: String, query: String, state: String), browser: String? = browser) -> SignInRedirect {
        SignInRedirect(browser: browser, path: answer.path, query: answer.query, state: answer.state)
    }

    private func waiting(_ host: MCPHost) async throws -> ServerHealth {
        try #require(await host.health { $0[0].state == .needsSignIn })[0]
    }

    private func ready(_ host: MCPHost) async throws -> ServerHealth { try #require(await host.health { $0[0].state == .ready })[0] }

    /// From the click to the server's tools.
    private func signIn(_ host: MCPHost, _ place: ProtectedPlace, _ page: Page = Page()) async throws {
        _ = try await waiting(host)
        try await host.beginSignIn(page.request, to: "vault")
        #expect(await host.finishSignIn(redirect(try place.answer(to: try await page.url()))) == .taken(returnTo: "/c/1"))
        _ = try await ready(host)
    }

    @Test func aServerThatDemandsItIsSignedInTo() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                let health = try await waiting(host)
                #expect(health.signInHost == place.host && health.failure == nil && health.tools.isEmpty && !health.isSignedIn)
                // Nothing is asked of anybody before the click.
                #expect(place.state.withLock { $0.redirectURIs } == [] && place.grants == [])
                await #expect(throws: ToolCallFailure.serverDown(server: "vault", why: "It waits for you to sign in.")) {
                    try await host.text("vault", "read")
                }
                try await signIn(host, place)
                let signedIn = try await ready(host)
                #expect(signedIn.tools == ["read"] && signedIn.isSignedIn && signedIn.signInHost == nil)
                #expect(try await host.text("vault", "read") == "ada")
                #expect(place.state.withLock { $0.redirectURIs } == ["http://127.0.0.1:8080" + SignInRoute.path(issuer: place.origin)])
            }
        }
    }

    @Test func onlyTheBrowserThatBeganFinishes() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                _ = try await waiting(host)
                let page = Page()
                try await host.beginSignIn(page.request, to: "vault")
                let answer = try place.answer(to: try await page.url())
                // Somebody else's link, in this or in another browser; an answer at the address of another issuer; one without a browser.
                #expect(await host.finishSignIn(redirect((answer.path, answer.query, "invented"))) == .unknown)
                #expect(await host.finishSignIn(redirect(answer, browser: "ffffffffffffffffffffffffffffffff")) == .otherBrowser)
                #expect(await host.finishSignIn(redirect(answer, browser: nil)) == .otherBrowser)
                let elsewhere = SignInRoute.path(issuer: "https://evil.example")
                #expect(await host.finishSignIn(redirect((elsewhere, answer.query, answer.state))) == .otherIssuer)
                #expect(place.grants == [])
                // None of them has spoilt it.
                #expect(await host.finishSignIn(redirect(answer)) == .taken(returnTo: "/c/1"))
                _ = try await ready(host)
                // It is good once.
                #expect(await host.finishSignIn(redirect(answer)) == .unknown)
                #expect(place.grants == ["authorization_code"])
            }
        }
    }

    @Test func whoRefusesIsToldAndCanTryAgain() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                _ = try await waiting(host)
                let page = Page()
                try await host.beginSignIn(page.request, to: "vault")
                let refused = try place.answer(to: try await page.url(), with: ["code": nil, "error": "access_denied"])
                #expect(await host.finishSignIn(redirect(refused)) == .taken(returnTo: "/c/1"))
                let health = try #require(await host.health { $0[0].state == .needsSignIn && $0[0].failure != nil })[0]
                #expect(health.failure?.what == "You are not signed in to “vault”.")
                #expect(health.failure?.why == "The sign-in was refused at \(place.host).")
                #expect(place.grants == [])
                try await signIn(host, place)
                #expect(try await ready(host).failure == nil)
            }
        }
    }

    @Test func anAnswerOfAnotherIssuerIsNotUsed() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                _ = try await waiting(host)
                let page = Page()
                try await host.beginSignIn(page.request, to: "vault")
                let mixed = try place.answer(to: try await page.url(), with: ["iss": "https://evil.example"])
                _ = await host.finishSignIn(redirect(mixed))
                let health = try #require(await host.health { $0[0].failure != nil })[0]
                #expect(health.failure?.why.contains("https://evil.example") == true)
                #expect(place.grants == [])
            }
        }
    }

    @Test func aTokenThatTheServerRefusesIsSaidAndNotAskedForAgain() async throws {
        try await ProtectedPlace.serving { place in
            place.state.withLock { $0.takesTokens = false }
            try await running(place) { host in
                _ = try await waiting(host)
                let page = Page()
                try await host.beginSignIn(page.request, to: "vault")
                #expect(await host.finishSignIn(redirect(try place.answer(to: try await page.url()))) == .taken(returnTo: "/c/1"))
                let health = try #require(await host.health { $0[0].state == .needsSignIn && $0[0].failure != nil })[0]
                #expect(health.failure?.what == "The sign-in to “vault” did not succeed.")
                #expect(health.failure?.why.contains("refuses the token that \(place.host) has just issued") == true)
                #expect(health.tools.isEmpty && !health.isSignedIn)
                #expect(place.grants == ["authorization_code"])
                await #expect(throws: ToolCallFailure.self) { try await host.text("vault", "read") }
            }
        }
    }

    @Test func registrationThatFailsIsSaid() async throws {
        try await ProtectedPlace.serving { place in
            place.state.withLock { $0.refusesRegistration = true }
            try await running(place) { host in
                _ = try await waiting(host)
                try await host.beginSignIn(Page().request, to: "vault")
                let health = try #require(await host.health { $0[0].failure != nil })[0]
                #expect(health.failure?.why.contains("Nobody registers today") == true)
            }
        }
    }

    @Test func anExpiredTokenIsRenewedWithoutAsking() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                try await signIn(host, place)
                place.expireTokens()
                #expect(try await host.text("vault", "read") == "ada")
                #expect(place.grants == ["authorization_code", "refresh_token"])
                #expect(await host.health()[0].state == .ready)
            }
        }
    }

    @Test func whenNothingCanBeRenewedTheCallWaitsForTheNextSignIn() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                try await signIn(host, place)
                place.expireTokens()
                place.forgetRefreshTokens()
                async let text = host.text("vault", "read")
                let health = try await waiting(host)
                #expect(health.tools == ["read"] && health.signInHost == place.host)
                try await signIn(host, place)
                #expect(try await text == "ada")
            }
        }
    }

    @Test func tokensOutliveTheProcessAndAreForgottenOnDemand() async throws {
        let directory = try StoreDirectory()
        let path = "\(directory.path)/credentials.json"
        try await ProtectedPlace.serving { place in
            try await running(place, store: FileCredentialStore(path: path)) { host in try await signIn(host, place) }
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8).contains("s3cret-refresh"))
            try await running(place, store: FileCredentialStore(path: path)) { host in
                #expect(try await ready(host).isSignedIn)
                try await host.signOut(of: "vault")
                let health = try await waiting(host)
                #expect(!health.isSignedIn && health.failure == nil)
                #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("s3cret"))
                // And in again.
                try await signIn(host, place)
            }
            #expect(place.grants == ["authorization_code", "authorization_code"])
        }
    }

    @Test func anotherClickLeadsToTheSamePageAndAnotherBrowserBeginsAnew() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                _ = try await waiting(host)
                let (page, other) = (Page(), Page("ffffffffffffffffffffffffffffffff"))
                try await host.beginSignIn(page.request, to: "vault")
                let first = try await page.url()
                try await host.beginSignIn(page.request, to: "vault")
                #expect(try await page.url() == first)
                try await host.beginSignIn(other.request, to: "vault")
                let second = try await other.url()
                #expect(second != first)
                // The one that was left is over.
                #expect(await host.finishSignIn(redirect(try place.answer(to: first))) == .unknown)
                let answer = redirect(try place.answer(to: second), browser: other.browser)
                #expect(await host.finishSignIn(answer) == .taken(returnTo: "/c/1"))
                _ = try await ready(host)
            }
        }
    }

    @Test func whatCannotBeBegunIsSaid() async throws {
        try await ProtectedPlace.serving { place in
            try await running(place) { host in
                _ = try await waiting(host)
                for origin in ["http://chat.example.org", "", "ftp://127.0.0.1", "http://127.0.0.1.evil.example"] {
                    await #expect(throws: ChatFailure.self, "\(origin)") {
                        try await host.beginSignIn(Page(origin: origin).request, to: "vault")
                    }
                }
                await #expect(throws: ChatFailure.self) { try await host.beginSignIn(Page().request, to: "nowhere") }
                #expect(place.state.withLock { $0.redirectURIs } == [])
                try await signIn(host, place, Page(origin: "https://chat.example.org"))
                await #expect(throws: ChatFailure.self) { try await host.beginSignIn(Page().request, to: "vault") }
            }
        }
    }

    /// The host hears of a sign-in from two sides, and of what is older last.
    @Test func anOlderViewOfASignInChangesNothing() async throws {
        let entry = ServerEntry(name: "vault", place: .http(url: "http://127.0.0.1:1/mcp", headers: [:]), isTrusted: true)
        let host = MCPHost(ServerList([entry]), info: Implementation(name: "test", version: "1"), logger: Logger(label: "test"))
        try await withClient(StreamClientTransport.inProcess(Server("vault", version: "1") {})) { client in
            let waiting = ServerSignIn.View(host: "login.example", number: 1)
            let done = ServerSignIn.View(isSignedIn: true, number: 2)
            await host.signInChanged("vault", waiting)
            #expect(await host.health()[0].state == .needsSignIn)
            // All of it at once.
            await host.connected("vault", client: client, tools: [], signIn: done)
            let ready = await host.health()[0]
            #expect(ready.state == .ready && ready.isSignedIn && ready.signInHost == nil)
            await host.signInChanged("vault", waiting)
            #expect(await host.health()[0] == ready)
            // Tools that are listed again while a call waits for the next sign-in.
            await host.signInChanged("vault", ServerSignIn.View(host: "login.example", isSignedIn: true, number: 3))
            await host.connected("vault", client: client, tools: [], signIn: done)
            let again = await host.health()[0]
            #expect(again.state == .needsSignIn && again.signInHost == "login.example")
        }
    }

    @Test func noSecretIsLoggedOrShown() async throws {
        let seen = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in LogRecorder { line in seen.withLock { $0.append(line) } } }
        try await ProtectedPlace.serving { place in
            try await running(place, logger: logger) { host in
                try await signIn(host, place)
                place.expireTokens()
                place.forgetRefreshTokens()
                place.state.withLock { $0.takesTokens = false }
                // The call may not be the only request that is refused: who looks for changes of the tools asks too, and one that comes to it after
                // a sign-in has failed asks for another. The person signs in each time.
                let page = Page()
                await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for await health in await host.healthChanges() where health[0].state == .needsSignIn {
                            try? await host.beginSignIn(page.request, to: "vault")
                        }
                    }
                    group.addTask {
                        for await url in page.urls { _ = await host.finishSignIn(redirect(try place.answer(to: url))) }
                    }
                    await #expect(throws: (any Error).self) { try await host.text("vault", "read") }
                    group.cancelAll()
                }
                #expect(place.grants.count > 1)
                let health = await host.health()
                let shown = seen.withLock { $0 }.joined(separator: "\n") + "\(health)"
                #expect(!seen.withLock { $0.isEmpty })
                #expect(!shown.contains("s3cret") && !shown.contains("code-"))
            }
        }
    }
}

private struct LogRecorder: LogHandler {
    let take: @Sendable (String) -> Void
    var logLevel = Logger.Level.trace
    var metadata = Logger.Metadata()

    init(_ take: @escaping @Sendable (String) -> Void) { self.take = take }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { take("\(event.message) \(event.metadata ?? [:])") }
}
