import Testing

@testable import MCPAuthorization

@Suite struct ChallengeTests {
    static let table: [(fields: [String], expected: [AuthenticationChallenge])] = [
        (["Bearer"], [.init(scheme: "bearer")]),
        (["bearer realm=\"x\""], [.init(scheme: "bearer", parameters: ["realm": "x"])]),
        (
            ["Bearer resource_metadata=\"https://a.example/x?y=1,2\", scope=\"a b\", error=insufficient_scope"],
            [.init(scheme: "bearer", parameters: ["resource_metadata": "https://a.example/x?y=1,2", "scope": "a b", "error": "insufficient_scope"])]
        ),
        // Without commas, and with names in capitals, as some servers write them.
        (["Bearer ERROR=\"x\" Scope = \"y\""], [.init(scheme: "bearer", parameters: ["error": "x", "scope": "y"])]),
        (["Bearer a=\"\\\"q\\\\\""], [.init(scheme: "bearer", parameters: ["a": "\"q\\"])]),
        (
            ["Negotiate YII=, Basic realm=\"r\", DPoP algs=\"ES256 PS256\""],
            [.init(scheme: "negotiate"), .init(scheme: "basic", parameters: ["realm": "r"]), .init(scheme: "dpop", parameters: ["algs": "ES256 PS256"])]
        ),
        (["Basic", "Bearer error=\"e\""], [.init(scheme: "basic"), .init(scheme: "bearer", parameters: ["error": "e"])]),
        // The first of two counts.
        (["Bearer scope=\"one\", scope=\"two\""], [.init(scheme: "bearer", parameters: ["scope": "one"])]),
        // What is broken ends the reading.
        (["Bearer scope=\"open"], [.init(scheme: "bearer")]),
        (["Bearer a=1; b=2"], [.init(scheme: "bearer", parameters: ["a": "1"])]),
        ([""], []), ([",, ,"], []), (["=x"], []), ([], []),
    ]

    @Test(arguments: table.indices) func parses(_ index: Int) {
        #expect(AuthenticationChallenge.parse(Self.table[index].fields) == Self.table[index].expected)
    }

    @Test func prefersDPoP() {
        #expect(AuthenticationChallenge.preferred(in: ["Basic x=y", "Bearer a=b, DPoP c=d"])?.scheme == "dpop")
        #expect(AuthenticationChallenge.preferred(in: ["Basic x=y, Bearer a=b"])?.parameters == ["a": "b"])
        #expect(AuthenticationChallenge.preferred(in: ["Basic x=y"]) == nil)
    }

    @Test func scopesOfAChallenge() {
        #expect(AuthenticationChallenge(scheme: "bearer", parameters: ["scope": "a  b a"]).scopes == ["a", "b"])
        #expect(AuthenticationChallenge(scheme: "bearer", parameters: ["scope": " "]).scopes == nil)
        #expect(AuthenticationChallenge(scheme: "bearer").scopes == nil)
    }
}
