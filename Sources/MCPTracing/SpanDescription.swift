import MCPCore
import Tracing

/// Names and attributes of the OpenTelemetry semantic conventions for MCP.
extension TracedRequest {
    /// Method and target, where the target is one of few: a tool or a prompt, never a URI.
    var spanName: String { target.map { "\(shortMethod) \($0)" } ?? shortMethod }

    /// Names come from the other side: what is longer than any name is cut.
    private var target: String? {
        switch method {
        case "tools/call", "prompts/get": params["name"]?.string.map { String($0.prefix(128)) }
        default: nil
        }
    }

    private var shortMethod: String { String(method.prefix(128)) }

    func describe(in span: any Span) {
        span.attributes["mcp.method.name"] = shortMethod
        span.attributes["mcp.protocol.version"] = revision.rawValue
        span.attributes["jsonrpc.request.id"] = String(id.description.prefix(128))
        switch method {
        case "tools/call":
            span.attributes["gen_ai.operation.name"] = "execute_tool"
            span.attributes["gen_ai.tool.name"] = target
        case "prompts/get": span.attributes["gen_ai.prompt.name"] = target
        case "resources/read": span.attributes["mcp.resource.uri"] = params["uri"]?.string.map { String($0.prefix(1024)) }
        default: break
        }
    }
}

extension Span {
    func record(_ error: JSONRPCError) {
        let code = String(error.code.rawValue)
        attributes["rpc.response.status_code"] = code
        attributes["error.type"] = code
        setStatus(SpanStatus(code: .error, message: error.message))
    }

    /// The tool failed, and its result says so.
    func recordToolError() {
        attributes["error.type"] = "tool_error"
        setStatus(SpanStatus(code: .error))
    }
}
