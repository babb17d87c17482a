/// The error codes that a server of the per-request era may send (2026-07-28, basic, "Error Codes"). A table.
enum PerRequestErrorCodes {
    /// An error of a handler, with a code that this era allows: what the specification keeps for itself and has not defined, and what older revisions
    /// and implementations used, becomes what the era has in its place. So does what only a transport and the classifier say, before anything runs: that headers do not
    /// fit (-32020), or that the revision is unknown (-32022). A client would take it for a refusal, and send the call again.
    static func allowed(_ error: JSONRPCError) -> JSONRPCError {
        switch error.code {
        case .missingRequiredClientCapability: return error
        // "Resource not found" of the handshake era.
        case .resourceNotFound: return with(.invalidParams, error)
        case let code where (-32_099)...(-32_000) ~= code.rawValue: return with(.internalError, error)
        default: return error
        }
    }

    private static func with(_ code: JSONRPCError.Code, _ error: JSONRPCError) -> JSONRPCError {
        JSONRPCError(code, error.message, data: error.data)
    }
}
