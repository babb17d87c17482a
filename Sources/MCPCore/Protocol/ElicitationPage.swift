/// A page that a server asks the user to open, and what a client shows before the user agrees (2026-07-28, client/elicitation, "Safe URL Handling").
///
/// The SDK neither opens nor fetches it. A client shows the whole `url`, sets `host` apart from the rest and the `warnings` beside it, opens it only
/// with the user's consent, and where neither the client nor the model can see what the user does there.
public struct ElicitationPage: Sendable, Hashable {
    /// What makes an address suspicious.
    public enum Warning: Sendable, Hashable, CaseIterable {
        /// `http:` to another machine: everybody on the way can read and change the page.
        case notEncrypted
        /// A host with letters of other scripts, plain or as Punycode (`xn--`), which may look like another one.
        case ambiguousHost
        /// A name or password before the host, which may be taken for it: `https://bank.example@evil.example`.
        case credentials
        /// A number in the place of a name.
        case numericHost
    }

    /// As the server sent it.
    public let url: String
    /// Without the port, in lower case; Punycode as it is.
    public let host: String
    public let warnings: [Warning]

    /// - Throws: `JSONDecodingError` for what is no `http:` or `https:` URL with a host: nothing else is a page.
    public init(url: String) throws {
        let reference = URIReference(url)
        guard let scheme = reference.scheme, scheme == "https" || scheme == "http", let authority = reference.authority,
            !url.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" })
        else { throw JSONDecodingError(path: ["url"], expected: "an http: or https: URL", found: String(url.prefix(100))) }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let host = Self.host(of: place).lowercased()
        guard !host.isEmpty else { throw JSONDecodingError(path: ["url"], expected: "a URL with a host", found: String(url.prefix(100))) }
        self.url = url
        self.host = host
        let isHere = ["localhost", "127.0.0.1", "[::1]"].contains(host)
        var warnings: [Warning] = []
        if scheme == "http", !isHere { warnings.append(.notEncrypted) }
        if host.split(separator: ".").contains(where: { $0.hasPrefix("xn--") }) || !host.utf8.allSatisfy({ $0 < 0x80 }) || host.contains("%") {
            warnings.append(.ambiguousHost)
        }
        if authority.contains("@") { warnings.append(.credentials) }
        if !isHere, host.hasPrefix("[") || host.split(separator: ".").last?.first?.isNumber == true { warnings.append(.numericHost) }
        self.warnings = warnings
    }

    private static func host(of place: Substring) -> Substring {
        if place.hasPrefix("["), let end = place.firstIndex(of: "]") { return place[...end] }
        return place.prefix { $0 != ":" }
    }
}

extension ElicitationPage {
    /// Why a URL is no page; `nil` where it is one.
    static func fault(of url: String) -> String? {
        do {
            _ = try ElicitationPage(url: url)
            return nil
        } catch { return "\(error)" }
    }
}

extension ElicitationRequest {
    /// The page that the user is asked to open; `nil` for a form.
    public var page: ElicitationPage? {
        // Checked when the request was read.
        if case .url(let url) = mode { try? ElicitationPage(url: url) } else { nil }
    }
}
