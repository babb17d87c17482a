import Foundation

/// Signing in to servers. What a sign-in brings is the chat's, and so for everybody who uses this chat.
extension Chat {
    func signIn(_ page: UUID, _ user: ChatUser, to server: String, from conversation: String?) async throws {
        guard let open = pages[page] else { return }
        let deliver = open.deliver
        let path = conversation.flatMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-"])) }.map { "/c/\($0)" } ?? "/"
        let request = SignInRequest(browser: user.id, origin: open.origin, returnTo: path) { url in
            deliver(ChatEvent(conversation: nil, sequence: 0, content: .signInPage(server: server, url: url)))
        }
        try await host.beginSignIn(request, to: server)
    }

    func finishSignIn(_ redirect: SignInRedirect) async -> SignInRedirect.Answer { await host.finishSignIn(redirect) }
}
