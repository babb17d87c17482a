/// Why a request failed, before an era has given it a code.
enum RequestFailure: Error, Sendable {
    case unknownMethod(String)
    case invalidParams(String, data: JSONValue?)
    case unknownTool(String)
    /// By its URI.
    case unknownResource(String)
    /// The client has not declared what the request needs.
    case missingCapability(ClientCapabilities)
    /// The client cannot be asked: there is no way from the server to it.
    case cannotAsk
    /// The error of a handler, as it is.
    case error(JSONRPCError)

    /// What an error that was thrown means for the request.
    init(_ error: any Error, of request: JSONRPCRequest, diagnostics: (ServerDiagnostic) -> Void) {
        switch error {
        case let failure as RequestFailure: self = failure
        case let error as JSONRPCError: self = .error(error)
        case is RequestStateError: self = .invalidParams(RequestStateError().description, data: nil)
        case let error as JSONDecodingError: self = .invalidParams("Invalid params: \(error)", data: nil)
        case let failure as HandlerFailure:
            diagnostics(.handlerFailed(method: request.method, name: request.params["name"]?.string, error: failure.cause))
            self = .error(JSONRPCError(.internalError, "Internal error"))
        case is CancellationError: self = .error(JSONRPCError(.internalError, "The request was cancelled"))
        default:
            // What an arbitrary error says of itself may hold paths, queries or secrets: the operator is told, the client is not.
            diagnostics(.handlerFailed(method: request.method, name: request.params["name"]?.string, error: error))
            self = .error(JSONRPCError(.internalError, "Internal error"))
        }
    }
}

/// An error from inside a handler that would be the client's fault if it came from the params of its request: JSON of somebody else could not be read.
struct HandlerFailure: Error {
    let cause: any Error
}
