import HTTPTypes
import MCPCore

/// Holds the headers of a request against its body (Streamable HTTP 2026-07-28, Server Validation). Pure functions.
struct RequestHeaderRules: Sendable {
    let headers: HTTPFields
    let request: JSONRPCRequest

    /// The first disagreement, as the error that answers it; `nil` where there is none.
    /// - Parameters:
    ///   - parameters: Those of the tool that is called that are mirrored into headers.
    ///   - routingName: What `Mcp-Name` mirrors of a request of an extension.
    func mismatch(parameters: [ParameterHeader], routingName: String? = nil) -> JSONRPCError? {
        do {
            try require(.mcpMethod, equals: request.method, isEncoded: false)
            if let name = Self.name(of: request) ?? routingName { try require(.mcpName, equals: name, isEncoded: true) }
            try check(parameters)
            return nil
        } catch {
            return error
        }
    }

    /// The version header must say what the body says.
    func versionMismatch(body: String) -> JSONRPCError? {
        do {
            try require(.mcpProtocolVersion, equals: body, isEncoded: false)
            return nil
        } catch { return error }
    }

    /// What `Mcp-Name` mirrors.
    static func name(of request: JSONRPCRequest) -> String? {
        switch request.method {
        case "tools/call", "prompts/get": request.params["name"]?.string
        case "resources/read": request.params["uri"]?.string
        default: nil
        }
    }

    private func require(_ name: HTTPField.Name, equals expected: String, isEncoded: Bool) throws(JSONRPCError) {
        guard let given = try value(of: name, isEncoded: isEncoded) else {
            throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) header is missing")
        }
        guard given.utf8.elementsEqual(expected.utf8) else {
            throw JSONRPCError(
                .headerMismatch,
                "Header mismatch: \(name.canonicalName) header value '\(given.prefix(128))' does not match body value '\(expected.prefix(128))'"
            )
        }
    }

    private func value(of name: HTTPField.Name, isEncoded: Bool) throws(JSONRPCError) -> String? {
        guard let first = headers.first(name) else { return nil }
        guard !first.isRepeated else {
            throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) header is given \(headers[values: name].count) times")
        }
        let raw = first.value.trimmingBlanks()
        guard isEncoded else { return raw }
        guard let decoded = HeaderValue.decode(raw) else {
            throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) header has invalid characters or invalid Base64")
        }
        return decoded
    }

    private func check(_ parameters: [ParameterHeader]) throws(JSONRPCError) {
        let arguments = request.params["arguments"]?.object ?? [:]
        for parameter in parameters {
            // Never `nil`: a parameter's name is a token.
            guard let name = HTTPField.Name(parameter.headerName) else { continue }
            let given = try value(of: name, isEncoded: true)
            guard !parameter.agrees(given, with: arguments) else { continue }
            let reason = given == nil ? "header is missing" : "header does not match the argument in the body"
            throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) \(reason)")
        }
    }
}
