import HTTPTypes
import MCPCore

/// Holds the headers of a request against its body (Streamable HTTP 2026-07-28, Server Validation). Pure functions.
struct RequestHeaderRules: Sendable {
    let headers: HTTPFields
    let request: JSONRPCRequest

    /// The first disagreement, as the error that answers it; `nil` where there is none.
    /// - Parameter tool: The definition of the tool that is called, where it exists.
    func mismatch(tool: Tool?) -> JSONRPCError? {
        do {
            try require(.mcpMethod, equals: request.method, isEncoded: false)
            if let name = Self.name(of: request) { try require(.mcpName, equals: name, isEncoded: true) }
            if let tool { try checkParameters(of: tool) }
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
        let values = headers[values: name]
        guard values.count <= 1 else {
            throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) header is given \(values.count) times")
        }
        guard let raw = values.first?.trimmingBlanks() else { return nil }
        guard isEncoded else { return raw }
        guard let decoded = HeaderValue.decode(raw) else {
            throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) header has invalid characters or invalid Base64")
        }
        return decoded
    }

    private func checkParameters(of tool: Tool) throws(JSONRPCError) {
        let arguments = request.params["arguments"] ?? [:]
        for parameter in HeaderParameter.all(in: tool.inputSchema) {
            guard let name = HTTPField.Name("Mcp-Param-" + parameter.header) else { continue }
            let given = try value(of: name, isEncoded: true)
            let expected = parameter.value(in: arguments)
            switch (given, expected) {
            case (nil, nil): continue
            case (let given?, let expected?) where HeaderParameter.agree(given, expected): continue
            case (nil, _?): throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) header is missing")
            default:
                throw JSONRPCError(.headerMismatch, "Header mismatch: \(name.canonicalName) header does not match the argument in the body")
            }
        }
    }
}

/// A tool's parameter that is mirrored into a header (`x-mcp-header`).
struct HeaderParameter: Sendable {
    /// The part of the header's name behind `Mcp-Param-`.
    let header: String
    /// The names of properties that lead to the value.
    let path: [String]

    /// The parameters of a schema that are annotated, found along chains of `properties`.
    static func all(in schema: JSONObject, at path: [String] = []) -> [HeaderParameter] {
        guard path.count < 16, let properties = schema["properties"]?.object else { return [] }
        return properties.flatMap { name, property -> [HeaderParameter] in
            guard let property = property.object else { return [] }
            let here = path + [name]
            let nested = all(in: property, at: here)
            guard let header = property["x-mcp-header"]?.string, !header.isEmpty else { return nested }
            return [HeaderParameter(header: header, path: here)] + nested
        }
    }

    /// The value as a header says it; `nil` where there is none.
    func value(in arguments: JSONValue) -> String? {
        var value: JSONValue? = arguments
        for name in path { value = value?[name] }
        return switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case let number?: number.integer.map(String.init) ?? number.double.map { "\($0)" }
        case nil: nil
        }
    }

    /// Whole numbers are compared as numbers: `42.0` is `42`.
    static func agree(_ given: String, _ expected: String) -> Bool {
        if given.utf8.elementsEqual(expected.utf8) { return true }
        guard let integer = Int64(expected), let number = Double(given), let exact = Int64(exactly: number) else { return false }
        return exact == integer
    }
}

extension String {
    /// Without the blanks around it, which are not part of a header's value (RFC 9110 section 5.5).
    func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
