import HTTPTypes
import MCPCore

/// Which HTTP status a JSON-RPC response of the per-request era travels with. A table.
enum HTTPStatusRules {
    static func status(of response: JSONRPCResponse) -> HTTPResponse.Status {
        guard case .failure(let error) = response.result else { return .ok }
        return switch error.code {
        case .methodNotFound: .notFound
        case .parseError, .invalidRequest, .headerMismatch, .missingRequiredClientCapability, .unsupportedProtocolVersion: .badRequest
        // The request was well formed and has been answered: what failed is what it asked for.
        default: .ok
        }
    }
}
