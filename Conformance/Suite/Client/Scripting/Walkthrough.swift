import MCPCore

/// What the scenarios that this suite adds ask of a client: list the tools, make the calls of the context in order, and then report what came of them.
///
/// The client calls the tool `report` with `{"results": […]}`, one object for each call: `{"text": …}` with the text of the first content block,
/// `{"error": CODE}` for a JSON-RPC error, `{"cancelled": true}`, or `{"failed": true}` for anything else; and `"progress": [NUMBER, …]` where the call
/// asked for progress. docs/conformance-clients.md has it in full.
struct Walkthrough: Sendable {
    /// A call that the client is told to make.
    struct Call: Sendable {
        var name: String
        var arguments: JSONObject = [:]
        /// Whether to ask for progress and to report it.
        var progress = false
        /// Whether to cancel the call when its first progress comes.
        var cancelsOnProgress = false
        /// How long the client waits for the answer; `nil` for as long as it is used to.
        var timeoutMilliseconds: Int64?

        var json: JSONValue {
            var json: JSONObject = ["name": .string(name), "arguments": .object(arguments)]
            if progress { json["progress"] = true }
            if cancelsOnProgress { json["cancelOnProgress"] = true }
            if let timeoutMilliseconds { json["timeoutMilliseconds"] = .integer(timeoutMilliseconds) }
            return .object(json)
        }
    }

    var calls: [Call]

    var context: JSONObject { ["toolCalls": .array(calls.map(\.json))] }

    /// The tools that the calls name, and `report`.
    var tools: [JSONValue] {
        var names: [String] = []
        for call in calls where !names.contains(call.name) { names.append(call.name) }
        return names.map { StandardServer.tool($0) } + [Self.report]
    }

    static let report = StandardServer.tool(
        "report", "Takes what came of the calls.",
        [
            "type": "object", "properties": ["results": ["type": "array", "items": ["type": "object"]]], "required": ["results"],
        ])
}

extension ClientRun {
    /// What the client reported; `nil` where it has not.
    var report: [JSONValue]? { calls(of: "report").first?.params["arguments"]?["results"]?.array }

    /// Checks one entry of the report.
    func checkReport(_ id: String, _ index: Int, _ expected: JSONValue, _ what: String) {
        // Without a report nothing was reached.
        guard let report else { return }
        let found = report.indices.contains(index) ? report[index] : .null
        check(id, Self.same(found, expected), "\(what): expected \(expected.serializedString) in the report, found \(found.serializedString)")
    }

    /// Whether two values are equal, whatever way their numbers are written.
    private static func same(_ one: JSONValue, _ other: JSONValue) -> Bool {
        switch (one, other) {
        case (.object(let one), .object(let other)):
            one.count == other.count && one.allSatisfy { member in other[member.key].map { same(member.value, $0) } ?? false }
        case (.array(let one), .array(let other)): one.count == other.count && zip(one, other).allSatisfy(same)
        default: one == other || (one.double != nil && one.double == other.double)
        }
    }
}
