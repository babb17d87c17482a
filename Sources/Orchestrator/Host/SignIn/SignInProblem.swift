import Foundation
import MCPAuthorization

/// Why a sign-in came to nothing, beside what the SDK says.
enum SignInProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server refuses a token that it has just sent for.
    case tokenIsRefused(server: String, host: String)
    /// Another browser has begun it anew.
    case begunElsewhere

    var description: String {
        switch self {
        case .tokenIsRefused(let server, let host):
            "“\(server)” refuses the token that \(host) has just issued for it: it may be meant for another server. Who runs the two has to look at it."
        case .begunElsewhere: "The sign-in was begun anew in another browser."
        }
    }
}

extension ChatFailure {
    /// A sign-in that a person began and that did not succeed.
    static func signIn(to server: String, at host: String, _ error: any Error, _ redact: (String) -> String) -> ChatFailure {
        if case AuthorizationError.refused(let refusal) = error, refusal.code == "access_denied" {
            return ChatFailure(
                what: "You are not signed in to “\(server)”.", why: "The sign-in was refused at \(host).",
                whatNow: "Without it the server's tools are missing; sign in when you want them.", isRetryable: true)
        }
        return ChatFailure(
            what: "The sign-in to “\(server)” did not succeed.", why: redact("\(error)"),
            whatNow: "Try again; if it fails the same way, tell who runs the server.",
            isRetryable: true)
    }

    static func signInCannotBegin(_ why: String, _ whatNow: String) -> ChatFailure {
        ChatFailure(what: "The sign-in was not begun.", why: why, whatNow: whatNow, isRetryable: false)
    }
}
