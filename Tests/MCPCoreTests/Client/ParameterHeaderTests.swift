import Testing

@testable import MCPCore

@Suite struct ParameterHeaderTests {
    @Test func valuesAreReadAtTheExactPath() throws {
        let schema: JSONObject = [
            "type": "object",
            "properties": [
                "region": ["type": "string", "x-mcp-header": "Region"],
                "options": ["type": "object", "properties": ["limit": ["type": "integer", "x-mcp-header": "Limit"]]],
                "dry": ["type": ["boolean", "null"], "x-mcp-header": "Dry"],
                // A property of that name is no annotation.
                "x-mcp-header": ["type": "string"],
            ],
        ]
        let headers = try ParameterHeader.all(in: schema)
        #expect(headers.map(\.headerName) == ["Mcp-Param-Region", "Mcp-Param-Limit", "Mcp-Param-Dry"])
        #expect(headers.map(\.path) == [["region"], ["options", "limit"], ["dry"]])
        #expect(headers.map { $0.value(in: ["region": "eu", "options": ["limit": 42], "dry": false]) } == ["eu", "42", "false"])
        #expect(headers.map { $0.value(in: ["options": ["limit": -7.0], "dry": nil]) } == [nil, "-7", nil])
        #expect(headers.map { $0.value(in: ["limit": 3, "region": ["eu"]]) } == [nil, nil, nil])
    }

    /// 2026-07-28, streamable-http, "Schema Extension": beyond this range a reader that knows only doubles sees another number.
    @Test(
        arguments: [
            (9_007_199_254_740_991, "9007199254740991"), (-9_007_199_254_740_991, "-9007199254740991"), (9_007_199_254_740_992, nil),
            (-9_007_199_254_740_992, nil), (Int64.max, nil), (Int64.min, nil), (0, "0"),
        ] as [(Int64, String?)])
    func wholeNumbersThatADoubleCannotHoldAreNotMirrored(_ number: Int64, _ header: String?) throws {
        let schema: JSONObject = ["properties": ["n": ["type": "integer", "x-mcp-header": "N"]]]
        #expect(try ParameterHeader.all(in: schema).map { $0.value(in: ["n": .integer(number)]) } == [header])
    }

    static let broken: [(String, JSONObject)] = [
        ("empty", ["properties": ["a": ["type": "string", "x-mcp-header": ""]]]),
        ("space", ["properties": ["a": ["type": "string", "x-mcp-header": "a b"]]]),
        ("line break", ["properties": ["a": ["type": "string", "x-mcp-header": "a\r\nb"]]]),
        ("line feed at the end", ["properties": ["a": ["type": "string", "x-mcp-header": "a\n"]]]),
        ("control character", ["properties": ["a": ["type": "string", "x-mcp-header": "a\u{1}b"]]]),
        ("delete", ["properties": ["a": ["type": "string", "x-mcp-header": "a\u{7F}"]]]),
        ("not ASCII", ["properties": ["a": ["type": "string", "x-mcp-header": "ä"]]]),
        ("no string", ["properties": ["a": ["type": "string", "x-mcp-header": 5]]]),
        ("number", ["properties": ["a": ["type": "number", "x-mcp-header": "A"]]]),
        ("object", ["properties": ["a": ["type": "object", "x-mcp-header": "A"]]]),
        ("no type", ["properties": ["a": ["x-mcp-header": "A"]]]),
        ("twice", ["properties": ["a": ["type": "string", "x-mcp-header": "A"], "b": ["type": "string", "x-mcp-header": "a"]]]),
        ("items", ["properties": ["a": ["type": "array", "items": ["type": "string", "x-mcp-header": "A"]]]]),
        ("anyOf", ["anyOf": [["properties": ["a": ["type": "string", "x-mcp-header": "A"]]]]]),
        ("then", ["then": ["properties": ["a": ["type": "string", "x-mcp-header": "A"]]]]),
        ("$defs", ["$defs": ["d": ["type": "string", "x-mcp-header": "A"]]]),
        ("root", ["type": "string", "x-mcp-header": "A"]),
    ]

    @Test(arguments: broken) func brokenAnnotationsAreRefused(_ name: String, _ schema: JSONObject) {
        #expect(throws: ParameterHeaderError.self, "\(name)") { try ParameterHeader.all(in: schema) }
    }

    @Test func dataThatLooksLikeAnAnnotationIsNone() throws {
        let schema: JSONObject = ["properties": ["a": ["type": "object", "default": ["x-mcp-header": "A"], "const": ["x-mcp-header": "A"]]]]
        #expect(try ParameterHeader.all(in: schema).isEmpty)
    }
}
