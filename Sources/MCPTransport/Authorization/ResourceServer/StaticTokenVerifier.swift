import Crypto
import Foundation
import MCPCore

/// Accepts tokens from a list that an operator keeps, for small deployments without an authorization server.
///
/// Each line of the file holds a name, a token and the scopes that it has; without scopes it is not limited. `#` begins a comment.
///
///     # made with: openssl rand -base64 32
///     ada  3q2+7wAAAB…  mail:read mail:send
public struct StaticTokenVerifier: AccessTokenVerifier, CustomStringConvertible {
    private struct Entry: Sendable {
        var name: String
        var digest: SHA256Digest
        var scopes: Set<String>?
    }

    private let entries: [Entry]

    /// - Throws: `AuthorizationError.storage` where the file cannot be read, or a line is none of the above; the token is not shown.
    public init(file path: String) throws {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self) else {
            throw AuthorizationError.storage("\(path) cannot be read, or is no UTF-8")
        }
        try self.init(text: text, name: path)
    }

    init(text: String, name: String) throws {
        var entries: [Entry] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func fault(_ reason: String) -> AuthorizationError { .storage("\(name), line \(index + 1): \(reason)") }
            guard words.count >= 2 else { throw fault("a name and a token belong on it") }
            guard words[1].utf8.count >= Self.minimumLength else {
                throw fault("the token has less than \(Self.minimumLength) characters; make one with: openssl rand -base64 32")
            }
            guard !entries.contains(where: { $0.name == first }) else { throw fault("the name \(Printable.text(first)) is taken") }
            let digest = SHA256.hash(data: Array(words[1].utf8))
            guard !entries.contains(where: { $0.digest == digest }) else { throw fault("another line has the same token") }
            entries.append(Entry(name: first, digest: digest, scopes: words.count > 2 ? Set(words[2...]) : nil))
        }
        guard !entries.isEmpty else { throw AuthorizationError.storage("\(name) holds no token") }
        self.entries = entries
    }

    public func verify(_ token: SecretText) throws -> VerifiedAccessToken {
        let digest = SHA256.hash(data: Array(token.reveal().utf8))
        var found: Entry?
        // All of them, and digests compare in constant time: how long it takes tells nothing of the tokens.
        for entry in entries where entry.digest == digest { found = entry }
        guard let found else { throw AccessTokenRejection("it is unknown") }
        return VerifiedAccessToken(principalID: found.name, scopes: found.scopes)
    }

    public var description: String { "\(entries.count) static tokens" }

    private static let minimumLength = 20
}
