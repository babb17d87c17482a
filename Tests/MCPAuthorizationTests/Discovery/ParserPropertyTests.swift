import MCPAuthorizationParsing
import MCPCore
import TestSupport
import Testing

@testable import MCPAuthorization

/// What strangers send is read without a fault, whatever it is: challenges and tokens, made at random.
@Suite struct ParserPropertyTests {
    private static let pieces = [
        "Bearer", "DPoP", "Basic", "Negotiate", " ", "  ", ",", ", ", "=", "\"", "\\", "realm", "scope", "error", "resource_metadata", "a b", "YTpi==", "\t",
        "é", "\0", "https://as.example/x", "\u{7F}", ";", "insufficient_scope",
    ]

    private static func text(_ pieces: [String], _ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...24, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    @Test func challengesThatAreWrittenAreReadAgain() {
        forSeeds(2000) { generator in
            let values = ["a", "a b", "https://as.example/x?y=z", "say \"hi\"", "back\\slash", "", "ü", "a,b=c"]
            let challenges = (0...Int.random(in: 0...3, using: &generator)).map { _ in
                let names = ["realm", "scope", "error", "resource_metadata"].shuffled(using: &generator).prefix(Int.random(in: 1...4, using: &generator))
                return AuthenticationChallenge(
                    scheme: ["bearer", "dpop", "other"].randomElement(using: &generator) ?? "bearer",
                    parameters: Dictionary(uniqueKeysWithValues: names.map { ($0, values.randomElement(using: &generator) ?? "") }))
            }
            let field = challenges.map { challenge in
                challenge.scheme + " " + challenge.parameters.map { "\($0.key)=\(Self.quoted($0.value))" }.joined(separator: ", ")
            }.joined(separator: ", ")
            try hold(AuthenticationChallenge.parse([field]) == challenges, field)
        }
    }

    @Test func anythingIsReadAsSomeChallengesOrNone() {
        forSeeds(4000) { generator in
            let field = Self.text(Self.pieces, &generator)
            for challenge in AuthenticationChallenge.parse([field]) {
                try hold(!challenge.scheme.isEmpty && challenge.scheme == challenge.scheme.lowercased(), field)
                try hold(challenge.parameters.keys.allSatisfy { !$0.isEmpty && $0 == $0.lowercased() }, field)
                try hold(challenge.scopes.map { !$0.isEmpty && !$0.contains("") } ?? true, field)
            }
        }
    }

    @Test func whatIsChangedInATokenIsNoticed() async throws {
        let key = try await TestIssuerKey(keyID: "k")
        let claims: JSONObject = ["iss": "https://as.example", "sub": "ada", "aud": "https://mcp.example/mcp", "exp": 2_000_000_000]
        let token = try key.token(claims)
        let good = try #require(JSONWebSignature(parsing: token))
        #expect(good.isSigned(by: key.key.signer))
        let characters = Array("abcXYZ019-_.=+/ é")
        forSeeds(1500) { generator in
            var text = Array(token)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: text.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: text[place] = characters.randomElement(using: &generator) ?? "a"
                case 1: text.remove(at: place)
                case 2: text.insert(characters.randomElement(using: &generator) ?? "a", at: place)
                default: text.swapAt(place, Int.random(in: text.indices, using: &generator))
                }
            }
            guard let changed = JSONWebSignature(parsing: String(text)), changed.isSigned(by: key.key.signer) else { return }
            // The last character of a part has bits that mean nothing.
            try hold(changed.claims == good.claims && changed.header == good.header, String(text))
        }
    }
}
