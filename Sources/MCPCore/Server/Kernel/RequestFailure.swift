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
}
