import MCPAuthorizationParsing

/// `WWW-Authenticate` of whatever server a client was pointed at: what is read can be written, and is then read again as the same.
enum ChallengeFuzz {
    static func run(_ bytes: [UInt8]) {
        let fields = bytes.split(separator: 0x0A, maxSplits: 7).map { String(decoding: $0, as: UTF8.self) }
        let challenges = AuthenticationChallenge.parse(fields)
        for challenge in challenges {
            precondition(!challenge.scheme.isEmpty && challenge.scheme == challenge.scheme.lowercased())
            precondition(challenge.parameters.keys.allSatisfy { !$0.isEmpty && $0 == $0.lowercased() })
            precondition(challenge.scopes?.isEmpty != true && challenge.scopes?.contains("") != true)
            let written = challenge.scheme + " " + challenge.parameters.map { "\($0.key)=\(quoted($0.value))" }.joined(separator: ", ")
            // Quoting makes it longer, and what is very long is cut.
            if written.utf8.count < 16 << 10 { precondition(AuthenticationChallenge.parse([written]) == [challenge], "it is read as another challenge") }
        }
        if let preferred = AuthenticationChallenge.preferred(in: fields) { precondition(challenges.contains(preferred)) }
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    }
}
