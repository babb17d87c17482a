import Foundation

/// The addresses that authorization servers send browsers back to.
///
/// Each issuer has one of its own: an answer that comes to the address of another was meant for it, whoever sent it (mix-up, RFC 9700 section
/// 4.4.2). So the defence holds also where an authorization server does not put `iss` in its answers.
enum SignInRoute {
    static let prefix = "/sign-in"
    static let maximumQueryBytes = 8192

    /// The path for an issuer: unique, and of characters that need no escape.
    static func path(issuer: String) -> String {
        let name = Data(issuer.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return "\(prefix)/\(name)"
    }

    /// Whether a browser may be sent back to this origin with a code (basic/authorization, "Communication Security": `https:` or loopback).
    static func isSafe(origin: String) -> Bool {
        guard let parts = URLComponents(string: origin), let host = parts.host?.lowercased() else { return false }
        return switch parts.scheme?.lowercased() {
        case "https": true
        case "http": ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
        default: false
        }
    }
}
