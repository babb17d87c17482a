import MCPCore

/// JSON-RPC 2.0 as MCP uses it ("Base Protocol", Messages).
extension RevisionSchemas {
    /// A request id or a progress token.
    var identifier: Schema { Schema(json: ["type": ["string", "integer"]]) }

    func request(params: Member) -> Schema {
        object(.required("jsonrpc", .constant("2.0")), .required("id", identifier), .required("method", .string), params)
    }

    func notification(params: Member) -> Schema {
        object(.required("jsonrpc", .constant("2.0")), .required("method", .string), params)
    }

    func response(result: Schema) -> Schema {
        object(.required("jsonrpc", .constant("2.0")), .required("id", identifier), .required("result", result))
    }

    /// A response with an error; `nil` where the revision defines no error of that code apart.
    func error(code: Int64?) -> Schema? {
        let data: Member? =
            switch code {
            case nil: .optional("data", .any)
            case -32042: revision.isIn(since: .v2025_11_25, before: .v2026_07_28) ? .required("data", elicitationsRequired) : nil
            case -32020: revision >= .v2026_07_28 ? .optional("data", .any) : nil
            case -32021: revision >= .v2026_07_28 ? .required("data", object(.required("requiredCapabilities", clientCapabilities))) : nil
            case -32022: revision >= .v2026_07_28 ? .required("data", unsupportedVersion) : nil
            default: nil
            }
        guard let data else { return nil }
        return object(
            .required("jsonrpc", .constant("2.0")),
            .optional("id", identifier, since: .v2025_11_25), .required("id", identifier, before: .v2025_11_25),
            .required("error", object(.required("code", .integer), .required("message", .string), data)))
    }

    private var unsupportedVersion: Schema {
        object(.required("requested", .string), .required("supported", .array(of: .string)))
    }
}
