import HTTPTypes
import Hummingbird

/// Who a browser is while there are no accounts: a random id in a cookie that no script can read and no other site can use.
enum BrowserIdentity {
    static let cookieName = "chat_browser"

    /// The id in a `Cookie` header; nil where there is none or it was not made here.
    static func id(inCookies header: String?) -> String? {
        guard let header else { return nil }
        for pair in header.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, trimmed(parts[0]) == cookieName else { continue }
            let value = trimmed(parts[1])
            return isWellFormed(value) ? value : nil
        }
        return nil
    }

    /// 128 random bits as 32 hexadecimal digits.
    static func make(using generator: inout some RandomNumberGenerator) -> String {
        hexadecimal(UInt64.random(in: .min ... .max, using: &generator)) + hexadecimal(UInt64.random(in: .min ... .max, using: &generator))
    }

    /// `Lax` and not `Strict`: with `Strict` a link from another site to the chat would arrive without the cookie, get a new
    /// one and lose the reader's conversations. `Lax` still keeps it from requests that other sites' scripts make.
    static func cookie(id: String, isSecure: Bool) -> Cookie {
        Cookie(name: cookieName, value: id, maxAge: 400 * 24 * 3600, path: "/", secure: isSecure, httpOnly: true, sameSite: .lax)
    }

    private static func isWellFormed(_ value: String) -> Bool {
        value.utf8.count == 32 && value.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
