import MCPCore
import Testing

@Suite struct JSONPathTests {
    @Test func rootIsTheEmptyPointer() {
        #expect(JSONPath().description == "")
        #expect(JSONPath().isRoot)
    }

    @Test func isWrittenAsJSONPointer() {
        #expect(JSONPath().appending("items").appending(3).appending("name").description == "/items/3/name")
        #expect(JSONPath(["a/b", "m~n", "~1", "", 0]).description == "/a~1b/m~0n/~01//0")
    }

    @Test func combiningMarkAfterASlashKeepsTheEscape() {
        #expect(JSONPath(["/\u{301}"]).description.utf8.elementsEqual("/~1\u{301}".utf8))
    }

    @Test func aKeyThatLooksLikeAnIndexIsNoIndex() {
        #expect(JSONPath(["0"]) != JSONPath([0]))
    }

    @Test func canonicallyEquivalentKeysAreDifferent() {
        #expect(JSONPath(["\u{e9}"]) != JSONPath(["e\u{301}"]))
        #expect(Set([JSONPath(["\u{e9}"]), JSONPath(["e\u{301}"])]).count == 2)
    }

    @Test func leadsToAValue() {
        let value: JSONValue = ["items": [1, ["name": "x"]]]
        #expect(value[JSONPath(["items", 1, "name"])] == "x")
        #expect(value[JSONPath()] == value)
        #expect(value[JSONPath(["items", 2])] == nil)
        #expect(value[JSONPath(["items", "0"])] == nil)
        #expect(value[JSONPath().appending("items").appending(contentsOf: [0])] == 1)
    }
}
