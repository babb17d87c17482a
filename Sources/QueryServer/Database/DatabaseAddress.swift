/// Where a database is, with the secrets that its URL may hold kept out of every description.
struct DatabaseAddress: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        /// The built-in shop.
        case sample
        case sqlite(path: String)
        case postgres(PostgresURL)
    }

    var name: String
    var place: Place

    /// What is accepted, for messages.
    static let forms = """
        Give `sample`, the path of an SQLite file, `sqlite:PATH` or `postgres://USER@HOST:PORT/DATABASE`, \
        each with `NAME=` before it when there are several
        """

    /// What an address says that may be a part of one with a password: it is not repeated.
    private static let unreadable = """
        A database address cannot be read; it is not repeated here, because it may hold a password. \(forms). Escape special characters in a \
        password: write %2C for a comma, %40 for @ and %2F for a slash. Write `sqlite:PATH` for a file with an @ in its name
        """

    /// Reads `[name=]url`. Without a name the connection is named after its database.
    /// - Throws: `DatabaseAddressError`; its message never repeats what might be a password.
    init(_ text: String) throws(DatabaseAddressError) {
        var url = text[...]
        var name: String?
        if let equals = text.firstIndex(of: "="), text[..<equals].allSatisfy(Self.isNameCharacter) {
            guard equals > text.startIndex else {
                throw DatabaseAddressError("A database has an empty name before `=`. \(Self.forms).")
            }
            name = String(text[..<equals])
            url = text[text.index(after: equals)...]
        }
        guard !url.isEmpty else { throw DatabaseAddressError("A database address is empty. \(Self.forms).") }
        let lowered = url.lowercased()
        if url == "sample" {
            place = .sample
        } else if lowered.hasPrefix("postgres://") || lowered.hasPrefix("postgresql://") {
            place = .postgres(PostgresURL(String(url)))
        } else if lowered.hasPrefix("postgres:") || lowered.hasPrefix("postgresql:") || text.lowercased().contains("password=") {
            throw DatabaseAddressError("\(Self.unreadable).")
        } else if lowered.hasPrefix("sqlite:") {
            var path = url.dropFirst("sqlite:".count)
            if path.hasPrefix("//") { path = path.dropFirst(2) }
            guard !path.isEmpty else { throw DatabaseAddressError("`sqlite:` needs the path of a file. \(Self.forms).") }
            place = .sqlite(path: String(path))
        } else if url.contains("://") {
            // Not repeated either: of an address that was split at a comma, this may be a part of the password.
            throw DatabaseAddressError("The scheme of a database address is not known. \(Self.forms).")
        } else if url.contains("@") || Self.isKeywordList(text) {
            throw DatabaseAddressError("\(Self.unreadable).")
        } else {
            place = .sqlite(path: String(url))
        }
        self.name = name ?? Self.defaultName(of: place)
    }

    /// Whether it is libpq's other form, such as `host=db user=ada`, which would be read as a file named `db user=ada`.
    private static func isKeywordList(_ text: String) -> Bool {
        ["host", "hostaddr", "port", "dbname", "user", "service"].contains(text.prefix { $0 != "=" }.lowercased())
            && text.contains { $0.isWhitespace } && text.count { $0 == "=" } > 1
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == "-")
    }

    private static func defaultName(of place: Place) -> String {
        let base =
            switch place {
            case .sample: "shop"
            case .sqlite(let path): path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? "sqlite"
            case .postgres(let url): url.database ?? "postgres"
            }
        let name = String(base.map { isNameCharacter($0) ? $0 : "_" })
        return name.isEmpty ? "database" : name
    }
}

/// A `postgres://` URL. Descriptions and mirrors show it without password and parameters; only libpq gets the whole text.
struct PostgresURL: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The whole URL, for libpq alone.
    let secretText: String

    init(_ text: String) { secretText = text }

    /// The name of the database in the URL's path.
    var database: String? { !isUnambiguous || parts.database.isEmpty ? nil : parts.database }

    var description: String {
        guard isUnambiguous else { return "postgres://(a URL that cannot be read)" }
        let parts = parts
        let host = parts.host.isEmpty ? "(local socket)" : parts.host
        return "postgres://\(parts.user.isEmpty ? "" : parts.user + "@")\(host)\(parts.database.isEmpty ? "" : "/" + parts.database)"
    }

    var customMirror: Mirror { Mirror(self, children: ["url": description]) }

    /// The texts of `secretText` that must never be shown: the password as written and as decoded, also one given as a parameter.
    var secrets: [String] {
        let rest = afterScheme
        var found: [Substring] = []
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") {
            // Also what a password with unescaped `/`, `?` or `@` would be.
            found.append(rest[rest.index(after: colon)..<at])
        }
        if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
            found.append(authority[authority.index(after: colon)..<at])
        }
        if let question = rest.firstIndex(of: "?") {
            for pair in rest[rest.index(after: question)...].split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1)
                if sides.count == 2, sides[0].lowercased().contains("password") { found.append(sides[1]) }
            }
        }
        return Set(found.flatMap { [String($0), Self.decoded($0)] }).filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    /// Whether the URL's parts can be told apart: an `@`, `/`, `?` or comma that stands unescaped in a password makes libpq take a
    /// part of the password for the host or the port, and show it in its messages.
    var isUnambiguous: Bool {
        let authority = afterScheme.prefix { $0 != "/" && $0 != "?" }
        let rest = afterScheme.dropFirst(authority.count)
        let hosts = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return authority.count { $0 == "@" } <= 1 && !rest.contains("@")
            && !rest.prefix { $0 != "?" }.lowercased().contains("password=")
            && hosts.split(separator: ",").allSatisfy(Self.hasPlainPort)
    }

    /// Whether what follows the host, if anything, is the number of a port.
    private static func hasPlainPort(_ host: Substring) -> Bool {
        // An IPv6 address stands in brackets.
        let afterHost = host.hasPrefix("[") ? host.drop { $0 != "]" }.dropFirst() : host.drop { $0 != ":" }
        return afterHost.isEmpty || afterHost.first == ":" && afterHost.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// A message with every secret of this URL replaced.
    func redacting(_ message: String) -> String {
        secrets.reduce(message) { $0.replacing($1, with: "[hidden]") }
    }

    private var afterScheme: Substring {
        guard let colon = secretText.firstIndex(of: ":") else { return secretText[...] }
        let rest = secretText[secretText.index(after: colon)...]
        return rest.hasPrefix("//") ? rest.dropFirst(2) : rest
    }

    private var parts: (user: String, host: String, database: String) {
        let rest = afterScheme
        let beforeParameters = rest.prefix { $0 != "?" }
        let at = beforeParameters.lastIndex(of: "@")
        let user = at.map { beforeParameters[..<$0].prefix { $0 != ":" } } ?? ""
        let afterUser = at.map { beforeParameters[beforeParameters.index(after: $0)...] } ?? beforeParameters
        let host = afterUser.prefix { $0 != "/" }
        let database = afterUser.dropFirst(host.count + 1)
        return (Self.decoded(user), String(host), Self.decoded(database))
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct DatabaseAddressError: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
