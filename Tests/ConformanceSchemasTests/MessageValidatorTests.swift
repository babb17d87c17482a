import ConformanceSchemas
import MCPCore
import Testing

struct MessageValidatorTests {
    private let validator = MessageValidator()

    private func violations(_ text: String, _ sender: Party, _ revision: ProtocolRevision, answering method: String? = nil) throws -> [String] {
        validator.violations(of: try JSONValue(parsing: text), from: sender, revision: revision, answering: method).map(\.description)
    }

    @Test func aViolationNamesItsPath() throws {
        let result = #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a","inputSchema":{"type":"object"}},{"name":7,"inputSchema":{"type":"object"}}]}}"#
        #expect(try violations(result, .server, .v2025_11_25, answering: "tools/list") == ["/result/tools/1/name: expected string, found integer 7"])
    }

    @Test func aMethodThatWentOrComesIsNone() throws {
        let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
        #expect(try violations(ping, .client, .v2025_11_25) == [])
        #expect(try violations(ping, .client, .v2026_07_28) == ["2026-07-28 has no request ping"])
        let discover =
            #"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#
        #expect(try violations(discover, .client, .v2026_07_28) == [])
        #expect(try violations(discover, .client, .v2025_06_18) == ["2025-06-18 has no request server/discover"])
    }

    @Test func aMethodOfTheOtherSideIsNone() throws {
        let roots = #"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#
        #expect(try violations(roots, .server, .v2025_06_18) == [])
        #expect(try violations(roots, .client, .v2025_06_18) == ["roots/list is no request that a client sends in 2025-06-18"])
    }

    @Test func aMethodOfAnExtensionIsHeldAgainstJSONRPCOnly() throws {
        #expect(try violations(#"{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"a":1}}"#, .client, .v2026_07_28) == [])
        #expect(
            try violations(#"{"jsonrpc":"2.0","id":1,"method":"x/y","params":[]}"#, .client, .v2026_07_28) == ["/params: expected object, found an empty array"]
        )
    }

    @Test func onlyCallsPromptsAndReadsAreAnsweredWithARequestForInput() throws {
        let asking = #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","requestState":"s"}}"#
        #expect(try violations(asking, .server, .v2026_07_28, answering: "prompts/get") == [])
        #expect(
            try violations(asking, .server, .v2026_07_28, answering: "tools/list")
                == ["tools/list cannot be answered with a request for input in 2026-07-28"])
    }

    @Test func batchesAreOfOneRevision() throws {
        let batch = #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}]"#
        #expect(try violations(batch, .client, .v2025_03_26) == [#"/1/params: the required property "requestId" is missing"#])
        #expect(try violations(batch, .client, .v2025_06_18) == ["expected one message, found an array: 2025-06-18 has no batches"])
    }

    @Test func aNullIdIsAllowedWhereTheRequestCouldNotBeRead() throws {
        let error: JSONValue = ["jsonrpc": "2.0", "id": nil, "error": ["code": -32700, "message": "No JSON"]]
        #expect(!validator.violations(of: error, from: .server, revision: .v2025_11_25).isEmpty)
        #expect(validator.violations(of: error, from: .server, revision: .v2025_11_25, allowsNullID: true).isEmpty)
    }

    @Test func whatIsNoMessageIsSaidToBeNone() throws {
        #expect(try violations("7", .client, .v2025_11_25) == ["expected an object, found integer"])
        #expect(try violations(#"{"jsonrpc":"2.0","id":1}"#, .client, .v2025_11_25) == ["expected one of the members method, result and error"])
        #expect(
            try violations(#"{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}"#, .client, .v2025_11_25)
                == ["expected a result or an error, found both"])
        #expect(try violations(#"{"jsonrpc":"2.0","id":1,"method":7}"#, .client, .v2025_11_25) == ["/method: expected string, found integer"])
    }
}
