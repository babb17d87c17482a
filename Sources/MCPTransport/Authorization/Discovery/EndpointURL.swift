import Foundation

/// An absolute `http:` or `https:` URL, kept as it was written: issuers are compared as text (RFC 3986 section 6.2.1).
struct EndpointURL: Sendable, Hashable, CustomStringConvertible {
    let text: String
    let scheme: String
    /// In lower case, an IPv6 address without its brackets.
    let host: String
    let port: Int
    /// Percent-encoded; empty or beginning with `/`.
    let path: String
    /// Percent-encoded, without its `?`.
    let query: String?

    /// - Throws: `AuthorizationError.invalidURL`.
    init(_ text: String) throws {
        func fail(_ reason: String) -> AuthorizationError { .invalidURL(text, reason: reason) }
        guard text.utf8.count <= 4096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: text)
        else { throw fail("it is no URL") }
        guard let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https" else { throw fail("it is no http: or https: URL") }
        guard parts.user == nil, parts.password == nil else { throw fail("it names a user") }
        guard parts.fragment == nil else { throw fail("it has a fragment") }
        guard var host = parts.percentEncodedHost?.lowercased(), !host.isEmpty, !host.contains("%") else { throw fail("it names no host") }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if let port = parts.port, !(1...65535).contains(port) { throw fail("it has no port that exists") }
        self.text = text
        self.scheme = scheme
        self.host = host
        port = parts.port ?? (scheme == "https" ? 443 : 80)
        path = parts.percentEncodedPath
        query = parts.percentEncodedQuery
    }

    var description: String { text }

    /// Scheme, host and port, the port left out where it is the scheme's own.
    var origin: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(shown)" + (port == (scheme == "https" ? 443 : 80) ? "" : ":\(port)")
    }

    /// Whether the host is, by its name, this machine.
    var isLoopback: Bool { host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || Self.isLoopbackIPv4(host) }

    /// Path without a `/` at its end.
    var trimmedPath: String { path.hasSuffix("/") ? String(path.dropLast()) : path }

    /// The URL of a well-known document, its suffix put between host and path (RFC 8615, RFC 8414 section 3.1, RFC 9728 section 3.1).
    func wellKnown(_ suffix: String) -> String { "\(origin)/.well-known/\(suffix)\(trimmedPath)" }

    /// The URL with scheme and host in lower case.
    var canonical: String { withoutQuery + (query.map { "?" + $0 } ?? "") }

    /// What the URL is called as a resource: the canonical form, without a `/` that is the whole path (2026-07-28, basic/authorization, "Canonical
    /// Server URI").
    var resourceIdentifier: String { path == "/" || path.isEmpty ? origin + (query.map { "?" + $0 } ?? "") : canonical }

    /// The URL that a DPoP proof names: without query and fragment (RFC 9449 section 4.2).
    var withoutQuery: String { origin + (path.isEmpty ? "/" : path) }

    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
