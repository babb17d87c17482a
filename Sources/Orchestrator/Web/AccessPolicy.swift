/// Under which names the page is served, and which pages may open its WebSocket.
///
/// A browser lets any site send requests to this machine. What it does not let a site do is choose `Host` and `Origin`:
/// the first stops DNS rebinding, the second stops foreign pages from opening the WebSocket (which has no same-origin rule).
struct AccessPolicy: Sendable {
    /// Lower-case names without port.
    let names: Set<String>

    init(allowedHosts: Set<String>) {
        names = Set(allowedHosts.map { $0.lowercased() }).union(["localhost", "127.0.0.1", "::1"])
    }

    func allows(host: String?) -> Bool {
        guard let host, let authority = Authority(host) else { return false }
        return names.contains(authority.name)
    }

    /// The origin has to be the page's own: the same name and port as `host`. The scheme may differ, because TLS can end
    /// before this process. A request without an origin does not come from a browser's page and is refused too.
    func allows(origin: String?, host: String?) -> Bool {
        guard allows(host: host), let origin, let host else { return false }
        let pieces = origin.split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[1].isEmpty, let asker = Authority(String(pieces[2])), let own = Authority(host)
        else { return false }
        let defaultPort: Int
        switch pieces[0].lowercased() {
        case "http:": defaultPort = 80
        case "https:": defaultPort = 443
        default: return false
        }
        return asker.name == own.name && (asker.port ?? defaultPort) == (own.port ?? defaultPort)
    }
}

/// `host[:port]` as RFC 9110 section 7.2 writes it, the name in lower case and an IPv6 address without brackets.
private struct Authority {
    let name: String
    let port: Int?

    init?(_ text: String) {
        var rest = Substring(text.lowercased())
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            name = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            name = String(rest[..<end])
            rest = rest[end...]
        }
        if rest.isEmpty {
            port = nil
        } else {
            guard rest.first == ":", let number = Int(rest.dropFirst()), (1...65535).contains(number) else { return nil }
            port = number
        }
        if name.isEmpty { return nil }
    }
}
