import Testing

@testable import MCPCore

/// The rules by which a client tells the era of a server, as tables.
@Suite struct ProbeClassifierTests {
    enum Expected: Equatable { case perRequest, retry, handshake, restart, failed }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let outcome: ProbeOutcome
        let expected: Expected
        var testDescription: String { name }
    }

    private static func error(_ code: Int, data: JSONValue? = nil) -> ProbeOutcome { .error(JSONRPCError(.init(rawValue: code), "no", data: data)) }
    private static func status(_ status: Int, _ code: Int? = nil, data: JSONValue? = nil) -> ProbeOutcome {
        .transport(.httpStatus(status, body: "", error: code.map { JSONRPCError(.init(rawValue: $0), "no", data: data) }))
    }

    static let onBoth: [Row] = [
        Row(name: "DiscoverResult", outcome: .result(["supportedVersions": ["2026-07-28"]]), expected: .perRequest),
        Row(name: "also newer and older", outcome: .result(["supportedVersions": ["2099-01-01", "2025-11-25", "2026-07-28"]]), expected: .perRequest),
        Row(name: "only handshake versions", outcome: .result(["supportedVersions": ["2025-11-25"]]), expected: .handshake),
        Row(name: "only unknown versions", outcome: .result(["supportedVersions": ["2099-01-01"]]), expected: .failed),
        Row(name: "a result that is none", outcome: .result([:]), expected: .handshake),
        Row(name: "method not found", outcome: error(-32601), expected: .handshake),
        Row(name: "invalid params", outcome: error(-32602), expected: .handshake),
        Row(name: "internal error", outcome: error(-32603), expected: .handshake),
        Row(name: "code of its own", outcome: error(-32000), expected: .handshake),
        Row(name: "unsupported, other per-request only", outcome: error(-32022, data: ["supported": ["2099-01-01"]]), expected: .failed),
        Row(name: "unsupported, names a handshake one", outcome: error(-32022, data: ["supported": ["2099-01-01", "2025-06-18"]]), expected: .handshake),
        Row(name: "unsupported, names what was offered", outcome: error(-32022, data: ["supported": ["2026-07-28"]]), expected: .retry),
        Row(name: "unsupported, names it and a handshake one", outcome: error(-32022, data: ["supported": ["2025-11-25", "2026-07-28"]]), expected: .retry),
        Row(name: "unsupported without a list", outcome: error(-32022), expected: .handshake),
        Row(name: "header mismatch", outcome: error(-32020), expected: .failed),
        Row(name: "missing capability", outcome: error(-32021), expected: .failed),
    ]

    static let onStreams: [Row] =
        onBoth + [
            Row(name: "time-out", outcome: .timeout, expected: .handshake),
            Row(name: "the process exits", outcome: .transport(.closed("exit 1")), expected: .restart),
            Row(name: "cannot be started", outcome: .transport(.unreachable("ENOENT")), expected: .failed),
        ]

    static let onHTTP: [Row] =
        onBoth + [
            Row(name: "time-out", outcome: .timeout, expected: .failed),
            Row(name: "connection cut", outcome: .transport(.closed("reset")), expected: .failed),
            Row(name: "unreachable", outcome: .transport(.unreachable("refused")), expected: .failed),
            Row(name: "400 with a modern error", outcome: status(400, -32022, data: ["supported": ["2099-01-01"]]), expected: .failed),
            Row(name: "400 header mismatch", outcome: status(400, -32020), expected: .failed),
            Row(name: "400 missing capability", outcome: status(400, -32021), expected: .failed),
            Row(name: "400 with another error", outcome: status(400, -32000), expected: .handshake),
            Row(name: "401 with a JSON-RPC error", outcome: status(401, -32601), expected: .failed),
            Row(name: "500 with a JSON-RPC error", outcome: status(500, -32601), expected: .failed),
        ] + [400, 404, 405, 406, 415].map { Row(name: "bare \($0)", outcome: status($0), expected: .handshake) }
        + [401, 403, 407, 408, 429, 500, 502, 503, 504].map { Row(name: "bare \($0)", outcome: status($0), expected: .failed) }

    @Test(arguments: onStreams) func streams(_ row: Row) { #expect(verdict(row, .stream) == row.expected) }
    @Test(arguments: onHTTP) func http(_ row: Row) { #expect(verdict(row, .http) == row.expected) }

    /// What was refused twice is not offered a third time.
    static let whenRepeated: [Row] = [
        Row(name: "names what was offered", outcome: error(-32022, data: ["supported": ["2026-07-28"]]), expected: .failed),
        Row(name: "names it and a handshake one", outcome: error(-32022, data: ["supported": ["2025-11-25", "2026-07-28"]]), expected: .handshake),
    ]
    @Test(arguments: whenRepeated) func repeated(_ row: Row) {
        #expect(verdict(row, .stream, mayRepeat: false) == row.expected)
    }

    private func verdict(_ row: Row, _ binding: TransportBinding, mayRepeat: Bool = true) -> Expected {
        switch ProbeClassifier.classify(row.outcome, binding: binding, offered: .v2026_07_28, mayRepeat: mayRepeat) {
        case .perRequest(let agreement): agreement.revision == .v2026_07_28 ? .perRequest : .failed
        case .retry: .retry
        case .handshake: .handshake
        case .restartAndHandshake: .restart
        case .failed: .failed
        }
    }

    @Test func whatTheServerSaysOfItselfIsKept() {
        let result: JSONObject = [
            "supportedVersions": ["2026-07-28"], "capabilities": ["tools": ["listChanged": true]], "instructions": "Ask.",
            "_meta": [MetaKey.serverInfo: ["name": "s", "version": "1"]],
        ]
        guard
            case .perRequest(let agreement) = ProbeClassifier.classify(
                .result(result), binding: .stream, offered: .v2026_07_28, mayRepeat: true)
        else {
            return #expect(Bool(false), "not per-request")
        }
        #expect(agreement.serverInfo == Implementation(name: "s", version: "1"))
        #expect(agreement.capabilities.tools?.listChanged == true)
        #expect(agreement.instructions == "Ask.")
    }
}
