import HTTPTypes
import MCPCore

/// Faults in what is done with messages that are wrong, or large, or in other scripts.
enum MessageMutants {
    static let all = [
        ServerMutant(
            "parse-error-500", "Bytes that are no JSON have the status 500", at: .v2025_11_25, fails: ["malformed-json"],
            .head { status, _, request in if request.verb == .post, request.body == .null { status = .internalServerError } }),
        ServerMutant(
            "parse-error-internal", "Bytes that are no JSON are an internal error", at: .v2026_07_28, fails: ["malformed-json"],
            .error { error, _ in if error["code"] == -32700 { error["code"] = -32603 } }),
        ServerMutant(
            "any-envelope", "What is no JSON-RPC message has the status 202", at: .v2026_07_28, fails: ["malformed-envelope"],
            .head { status, _, request in if request.body["jsonrpc"] == "1.0" { status = .accepted } }),
        ServerMutant(
            "any-params", "A resource without a URI is empty", at: .v2025_11_25, fails: ["malformed-params"],
            .replace({ $0.method == "resources/read" && $0.params["uri"]?.string == nil }) { _ in ["contents": []] }),
        ServerMutant(
            "missing-method-invalid", "A method that does not exist is an invalid request", at: .v2025_11_25, fails: ["unknown-methods"],
            .error { error, _ in if error["code"] == -32601 { error["code"] = -32600 } }),
        ServerMutant(
            "numeric-ids", "Ids that look like numbers become numbers", at: .v2025_11_25, fails: ["request-ids"],
            .message { message, _ in
                if message["id"] == "7" { message["id"] = 7 }
                return .keep
            }),
        ServerMutant(
            "line-separators-lost", "U+2028 becomes a line feed", at: .v2026_07_28, fails: ["unicode"],
            .result("prompts/get") { result in
                result.change("messages") { message in
                    message.changeObject("content") { content in
                        guard let text = content["text"]?.string else { return }
                        content["text"] = .string(String(text.map { $0 == "\u{2028}" ? "\n" : $0 }))
                    }
                }
            }),
        ServerMutant(
            "cut-texts", "Long texts are cut", at: .v2025_11_25, fails: ["large-messages"],
            .result("prompts/get") { result in
                result.change("messages") { message in
                    message.changeObject("content") { content in
                        guard let text = content["text"]?.string, text.utf8.count > 64 << 10 else { return }
                        content["text"] = .string(String(text.prefix(64 << 10)))
                    }
                }
            }),
        ServerMutant(
            "half-a-batch", "The last message of a batch is lost", at: .v2025_03_26, fails: ["batch"],
            .request { if let batch = $0.body.array { $0.body = .array(Array(batch.dropLast())) } }),
        ServerMutant(
            "any-cursor", "A cursor that was never given begins at the front", at: .v2025_11_25, fails: ["pagination-invalid-cursor"],
            .request { if $0.params["cursor"]?.string != nil { $0.params["cursor"] = nil } }),
    ]

    /// The result with a sound, in an array.
    static let wrappedSound: @Sendable (JSONObject) -> [UInt8]? = { message in
        message["result"]?["content"]?[0]?["type"] == "audio" ? JSONValue.array([.object(message)]).serialized() : nil
    }
}
