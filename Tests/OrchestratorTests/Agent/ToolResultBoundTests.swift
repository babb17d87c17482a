import MCPCore
import Testing

@testable import Orchestrator

/// What the model is told of a result stays within a size, and says where something is left out.
@Suite struct ToolResultBoundTests {
    /// What stands before the note, and the note.
    private static func parts(_ text: String) -> (body: String, note: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.dropLast().joined(separator: "\n"), String(lines.last ?? ""))
    }

    @Test func whatFitsIsUntouched() {
        #expect(ToolResultBound.text(.text("hello"), limit: 5) == "hello")
        #expect(ToolResultBound.text(.structured(["rows": [[1, "a"]]])) == #"{"rows":[[1,"a"]]}"#)
    }

    @Test func structuredContentGoesBeforeText() {
        let result = ToolResult(content: [["type": "text", "text": "in words"]], structuredContent: ["n": 1], isError: false)
        #expect(ToolResultBound.text(result) == #"{"n":1}"#)
    }

    @Test func blocksOfEveryKindAreNamed() {
        let blocks: [JSONValue] = [
            ["type": "text", "text": "one"],
            ["type": "resource", "resource": ["uri": "file:///a", "text": "two"]],
            ["type": "resource", "resource": ["uri": "file:///b", "blob": "AA=="]],
            ["type": "resource_link", "uri": "file:///c", "name": "c"],
            ["type": "image", "data": "AA==", "mimeType": "image/png"],
            ["odd": 1],
        ]
        #expect(
            ToolResultBound.text(ToolResult(content: blocks, structuredContent: nil, isError: false))
                == "one\ntwo\n[resource file:///b]\n[resource file:///c]\n[image image/png]\n")
    }

    @Test func longListsStayJSONAndSaySo() throws {
        let rows = (0..<2000).map { JSONValue.array([.integer(Int64($0)), .string("row \($0)")]) }
        let value: JSONValue = ["columns": ["id", "name"], "rows": .array(rows), "rowCount": 2000]
        let text = ToolResultBound.text(.structured(value), limit: 4000)
        let (body, note) = Self.parts(text)
        #expect(body.utf8.count <= 4000)
        let read = try JSONValue(parsing: body)
        let kept = try #require(read["rows"]?.array)
        #expect(kept.count > 20)
        // From the start, whole rows.
        #expect(Array(kept) == Array(rows.prefix(kept.count)))
        #expect(read["rowCount"] == 2000)
        #expect(note == "[shortened: the result has \(value.serializedString.utf8.count) bytes, lists and texts are cut]")
    }

    @Test func longTextsInsideAreCut() throws {
        let value: JSONValue = ["subject": "Invoice", "body": .string(String(repeating: "é", count: 10_000))]
        let (body, _) = Self.parts(ToolResultBound.text(.structured(value), limit: 3000))
        let read = try JSONValue(parsing: body)
        #expect(read["subject"] == "Invoice")
        let cut = try #require(read["body"]?.string)
        #expect(cut.hasSuffix("…"))
        #expect(cut.dropLast().allSatisfy { $0 == "é" })
        #expect(cut.utf8.count > 1000)
    }

    @Test func jsonInATextBlockStaysJSONToo() throws {
        let value = JSONValue.array((0..<5000).map { .integer($0) })
        let (body, note) = Self.parts(ToolResultBound.text(.text(value.serializedString), limit: 1000))
        let read = try #require(try JSONValue(parsing: body).array)
        #expect(Array(read.prefix(3)) == [0, 1, 2])
        #expect(body.utf8.count <= 1000)
        #expect(note.hasPrefix("[shortened: "))
    }

    /// Borders of one to four bytes are met by some of these limits each.
    @Test(arguments: 20..<32)
    func textIsCutAtACharactersBorder(limit: Int) {
        let text = String(repeating: "aß工🦊", count: 10)
        let (body, note) = Self.parts(ToolResultBound.text(.text(text), limit: limit))
        #expect(body.utf8.count <= limit)
        #expect(body.utf8.count > limit - 4)
        #expect(text.unicodeScalars.starts(with: body.unicodeScalars))
        #expect(note == "[shortened: the result has 100 bytes, \(limit) are shown]")
    }

    /// Nothing to shorten but names: it is cut as text, and still within the limit.
    @Test func manyMembersAreCutAsText() {
        let value = JSONValue.object(JSONObject((0..<500).map { ("name\($0)", .integer(Int64($0))) }))
        let (body, note) = Self.parts(ToolResultBound.bounded(value, limit: 300))
        #expect(body.utf8.count == 300)
        #expect(body == String(value.serializedString.prefix(300)))
        #expect(note.hasSuffix("300 are shown]"))
    }

    @Test func theUsualLimitHoldsForAnySize() throws {
        for count in [10, 1000, 20_000] {
            let value: JSONValue = ["rows": .array((0..<count).map { ["id": .integer(Int64($0)), "text": .string(String(repeating: "x", count: 40))] })]
            let text = ToolResultBound.text(.structured(value))
            let body = count == 10 ? text : Self.parts(text).body
            #expect(body.utf8.count <= ToolResultBound.defaultLimit)
            #expect(throws: Never.self) { try JSONValue(parsing: body) }
        }
    }
}
