import MCPAuthorizationParsing
import MCPCore

/// What comes as an access token, or as the proof beside one: what is read is what came, byte for byte, so that the signature is of what is believed. Whether keys have
/// signed it is no matter of reading; `JWTCorpusTests` holds the corpus against a whole resource server.
enum JWTFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let read = JSONWebSignature(parsing: text) else { return }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        precondition(parts.count == 3, "it has not three parts")
        precondition(Base64URL.encode(read.signature) == parts[2], "another signature was read than came")
        precondition(read.signingInput == Array("\(parts[0]).\(parts[1])".utf8), "the signature would be held against something else")
        for (object, part) in [(read.header, parts[0]), (read.claims, parts[1])] {
            guard let came = Base64URL.decode(part) else { preconditionFailure("a part was read that is no base64url") }
            precondition(Base64URL.encode(came) == part, "the same bytes have two spellings")
            precondition((try? JSONValue(parsing: came)) == .object(object), "a part was read as something else")
        }
        precondition(read.header["crit"] == nil && read.header["b64"] == nil, "an extension was taken that nobody understands")
        // What is written anew is read as the same.
        let written = [read.header.serialized(), read.claims.serialized(), read.signature].map { Base64URL.encode($0) }.joined(separator: ".")
        guard written.utf8.count <= 16 << 10 else { return }
        let again = JSONWebSignature(parsing: written)
        precondition(again?.header == read.header && again?.claims == read.claims && again?.signature == read.signature, "it is read as another one")
    }
}
