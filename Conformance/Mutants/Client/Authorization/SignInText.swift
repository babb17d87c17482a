import Crypto
import MCPCore

/// The encodings of OAuth.
enum SignInText {
    /// Base64url without padding (RFC 7515 section 2).
    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return base64URL((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    static func hash(_ text: String) -> String { base64URL(SHA256.hash(data: Array(text.utf8))) }

    static func percent(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    static func form(_ fields: [(String, String)]) -> String { fields.map { "\(percent($0.0))=\(percent($0.1))" }.joined(separator: "&") }

    /// The first value of a field of a query.
    static func field(_ name: String, of url: String) -> String? {
        let query = url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        guard let pair = query.split(separator: "&").first(where: { $0.hasPrefix("\(name)=") }) else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(pair.dropFirst(name.count + 1).utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A parameter of a challenge.
    static func parameter(_ name: String, of challenge: String) -> String? {
        // At a word's beginning: `scope` is no part of another name.
        guard
            let start = challenge.ranges(of: "\(name)=\"").first(where: { range in
                range.lowerBound == challenge.startIndex || " ,".contains(challenge[challenge.index(before: range.lowerBound)])
            })
        else { return nil }
        return String(challenge[start.upperBound...].prefix { $0 != "\"" })
    }

    /// Scheme, host and port of a URL, and its path without a `/` at the end.
    static func parts(_ url: String) -> (origin: String, path: String) {
        let pieces = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let path = pieces.count > 3 && !pieces[3].isEmpty ? "/" + pieces[3] : ""
        return (pieces.prefix(3).joined(separator: "/"), path.hasSuffix("/") ? String(path.dropLast()) : path)
    }

    /// A JWT with ES256.
    static func token(_ claims: JSONObject, header: JSONObject, key: P256.Signing.PrivateKey) throws -> String {
        var header = header
        header["alg"] = "ES256"
        let input = base64URL(JSONValue.object(header).serialized()) + "." + base64URL(JSONValue.object(claims).serialized())
        return input + "." + base64URL(try key.signature(for: Array(input.utf8)).rawRepresentation)
    }
}
