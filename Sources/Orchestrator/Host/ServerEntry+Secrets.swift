import Foundation

/// What the page, the log and `/readyz` do not show of a server's entry.
extension ServerEntry {
    /// `text`, which may quote what the server was given, without what is for nobody else.
    var redacted: @Sendable (String) -> String {
        var secrets = expanded.filter { $0.value.utf8.count >= Self.shortestExpanded } + place.secrets + [oauth?.secret].compactMap(\.self)
        // The longest first: it may hold a shorter one.
        secrets.sort { $0.value.utf8.count > $1.value.utf8.count }
        let url: (given: String, shown: String)? = if case .http(let url, _) = place { (url, Self.shown(url)) } else { nil }
        return { [secrets] text in
            let text = url.map { text.replacing($0.given, with: $0.shown) } ?? text
            return secrets.reduce(text) { $1.redacted(in: $0) }
        }
    }

    /// A variable's value of fewer bytes is no secret: taking out each `1` or `dev` would only garble the text.
    private static let shortestExpanded = 4

    /// An address without its user, password, query and fragment.
    static func shown(_ url: String) -> String {
        guard var components = URLComponents(string: url) else { return "its address" }
        components.user = nil
        components.password = nil
        components.query = nil
        components.fragment = nil
        return components.string ?? "its address"
    }
}

extension ServerEntry.Place {
    /// The words of the values of variables and headers, but for those too short to be secrets (`1`, `Bearer`); user, password and query of an
    /// address.
    fileprivate var secrets: [Secret] {
        let values: [String]
        switch self {
        case .process(_, _, let environment, _): values = Array(environment.values)
        case .http(let url, let headers):
            let components = URLComponents(string: url)
            let queries = components?.queryItems?.compactMap(\.value) ?? []
            let encoded = components?.percentEncodedQueryItems?.compactMap(\.value) ?? []
            values =
                Array(headers.values) + queries + encoded + [components?.user, components?.password, components?.percentEncodedPassword].compactMap(\.self)
        }
        return values.flatMap { $0.split(whereSeparator: \.isWhitespace) }.filter { $0.count >= 8 }.map { Secret(String($0)) }
    }
}
