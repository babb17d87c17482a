import MCPCore

/// Faults of tools.
enum ToolMutants {
    static let all = [
        ServerMutant(
            "undescribed-tool", "A tool has no description", at: .v2025_11_25, fails: ["tools-list"],
            .result("tools/list") { $0.change("tools") { if $0["name"] == "test_simple_text" { $0["description"] = nil } } }),
        ServerMutant(
            "tool-name-with-space", "The name of a tool has a space", at: .v2026_07_28, fails: ["tools-list"],
            .result("tools/list") { $0.change("tools") { if $0["name"] == "echo" { $0["name"] = "echo tool" } } }),
        ServerMutant(
            "tool-name-with-slash", "The name of a tool has a slash", at: .v2025_11_25, fails: ["tools-list"],
            .result("tools/list") { $0.change("tools") { if $0["name"] == "echo" { $0["name"] = "text/echo" } } }),
        ServerMutant(
            "tool-name-of-65", "The name of a tool has more characters than the official suite takes", at: .v2026_07_28, fails: ["tools-list"],
            .result("tools/list") { $0.change("tools") { if $0["name"] == "echo" { $0["name"] = .string(String(repeating: "e", count: 65)) } } }),
        ServerMutant(
            "empty-text", "A text is empty", at: .v2025_11_25, fails: ["tools-call-simple-text"],
            .tool("test_simple_text") { $0.change("content") { $0["text"] = "" } }),
        ServerMutant(
            "image-in-hex", "An image is not in Base64", at: .v2026_07_28, fails: ["tools-call-image"],
            .tool("test_image_content") { $0.change("content") { $0["data"] = "89 50 4e 47" } }),
        ServerMutant(
            "mistyped-sound", "A sound has the type of a text", at: .v2025_11_25, fails: ["tools-call-audio"],
            .tool("test_audio_content") { $0.change("content") { $0["mimeType"] = "text/plain" } }),
        ServerMutant(
            "resource-without-uri", "An embedded resource has no URI", at: .v2026_07_28, fails: ["tools-call-embedded-resource"],
            .tool("test_embedded_resource") { $0.change("content") { $0.changeObject("resource") { $0["uri"] = nil } } }),
        ServerMutant(
            "unmixed-content", "An image is left out", at: .v2025_11_25, fails: ["tools-call-mixed-content"],
            .tool("test_multiple_content_types") { result in
                result["content"] = .array((result["content"]?.array ?? []).filter { $0["type"] != "image" })
            }),
        ServerMutant(
            "error-as-success", "A tool that fails has a result without isError", at: .v2025_11_25, fails: ["tools-call-error"],
            .tool("test_error_handling") { $0["isError"] = nil }),
        ServerMutant(
            "foreign-progress-token", "Progress carries another token", at: .v2026_07_28, fails: ["tools-call-with-progress"],
            .sends("notifications/progress") {
                $0["progressToken"] = "another"
                return .keep
            }),
        ServerMutant(
            "standing-progress", "Progress does not increase", at: .v2025_11_25, fails: ["tools-call-with-progress"],
            .sends("notifications/progress") {
                $0["progress"] = 1
                return .keep
            }),
        ServerMutant(
            "any-tool", "A tool that does not exist has a result", at: .v2026_07_28, fails: ["tools-call-unknown"],
            .replace({ $0.tool == "no_such_tool_for_conformance" }) { _ in ["resultType": "complete", "content": []] }),
        ServerMutant(
            "unchecked-arguments", "Arguments of the wrong type are taken", at: .v2025_11_25, fails: ["tools-call-invalid-arguments"],
            .replace({ $0.isCall(of: "add_numbers", "a", "five") }) { _ in ["content": [["type": "text", "text": "8"]], "structuredContent": ["result": 8]] }
        ),
        ServerMutant(
            "flattened-schema", "An anchor is lost from a schema", at: .v2026_07_28, fails: ["json-schema-2020-12"],
            .result("tools/list") { result in
                result.change("tools") { tool in
                    tool.changeObject("inputSchema") { $0.changeObject("$defs") { $0.changeObject("address") { $0["$anchor"] = nil } } }
                }
            }),
    ]
}
