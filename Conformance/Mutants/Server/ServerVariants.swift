import HTTPTypes
import MCPCore

/// Servers that do otherwise than the fixture server and are right all the same: no scenario fails them.
enum ServerVariants {
    static let all = [
        ServerMutant(
            "null-ids", "Refusals have the id null", at: .v2025_11_25, fails: [],
            .message { message, request in
                if message["error"] != nil, isRefused(request) { message["id"] = .null }
                return .keep
            }),
        ServerMutant(
            "no-ids", "Refusals have no id", at: .v2025_06_18, fails: [],
            .message { message, request in
                if message["error"] != nil, isRefused(request) { message["id"] = nil }
                return .keep
            }),
        ServerMutant(
            "null-ids-in-lines", "What answers nothing that could be read has the id null", at: .v2025_11_25, on: .stdio, fails: [],
            .message { message, _ in
                if message["error"] != nil, message["id"] == nil { message["id"] = .null }
                return .keep
            }),
        ServerMutant(
            "another-name", "The server has another name and version", at: .v2026_07_28, on: .stdio, fails: [],
            .message { message, _ in
                message.changeObject("result") { result in
                    let name: JSONValue = ["name": "another-server", "version": "99"]
                    if result["serverInfo"] != nil { result["serverInfo"] = name }
                    result.changeObject("_meta") { if $0[MetaKey.serverInfo] != nil { $0[MetaKey.serverInfo] = name } }
                }
                return .keep
            }),
        ServerMutant(
            "silent-refusals", "A refusal has no body", at: .v2026_07_28, fails: [],
            .answer { $0.headers[.origin]?.contains("evil") == true ? .forbidden : nil }),
        ServerMutant(
            "typed-emptiness", "Answers without a body have the type application/json", at: .v2025_11_25, fails: [],
            .head { status, headers, _ in if status == .accepted { headers[.contentType] = "application/json" } }),
        ServerMutant(
            "asks-models-only", "Nothing but a model is asked where there is a choice", at: .v2026_07_28, fails: [],
            .replace({ $0.tool == "test_input_required_result_capabilities" && $0.capabilities["sampling"] == nil }) { _ in complete }),
        ServerMutant(
            "needs-no-model", "A tool that needs a model does not ask it", at: .v2026_07_28, fails: [],
            .replace({ $0.tool == "test_missing_capability" && $0.capabilities["sampling"] != nil }) { _ in complete }),
        ServerMutant(
            "explains-itself", "A tool that cannot ask says so in its result", at: .v2025_11_25, fails: [],
            .message { message, request in
                guard request.tool == "test_sampling", message["error"] != nil || message["result"]?["isError"] == true else { return .keep }
                message["error"] = nil
                message["result"] = ["content": [["type": "text", "text": "Nobody can be asked."]]]
                return .keep
            }),
    ]

    /// Whether it is refused for its headers, before anybody reads what it says.
    private static func isRefused(_ request: WireRequest) -> Bool {
        let session = request.headers[.mcpSession]
        return request.headers[.origin]?.contains("evil") == true || request.headers[.mcpVersion] == "1999-01-01"
            || session == "no-such-session-for-conformance" || (session == nil && request.method != "initialize")
    }

    private static let complete: JSONObject = ["resultType": "complete", "content": [["type": "text", "text": "Done."]]]
}
