import HTTPTypes
import MCPCore

/// Decides who may send requests to an MCP endpoint (basic/authorization). Without one everybody may.
public protocol HTTPAuthorization: Sendable {
    /// JSON documents that are served beside the endpoint to everybody, by their paths: the protected resource metadata (RFC 9728).
    var documents: [String: [UInt8]] { get }

    /// Looks at one request before anything of its body is believed.
    func authorize(_ request: HTTPRequest) async -> HTTPAuthorizationVerdict

    /// The answer to a request whose principal may not do what it asks, with the scopes that are needed (RFC 6750 section 3.1).
    func insufficientScope(_ scopes: Set<String>) -> HTTPAnswer
}

/// Whether a request is answered.
public enum HTTPAuthorizationVerdict: Sendable {
    case accepted(Principal)
    case refused(HTTPAnswer)
}

extension HTTPAuthorization {
    /// The document at a path; `nil` where there is none.
    public func document(at path: String) -> HTTPAnswer? {
        documents[path].map { bytes in
            // Public, and read by clients in browsers too.
            HTTPAnswer(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "max-age=300", .accessControlAllowOrigin: "*"],
                body: .bytes(bytes))
        }
    }
}

extension HTTPHandlerConfiguration {
    /// Who sends a request: whom the application has established, else whom the authorization accepts, else nobody in particular.
    func authorize(_ head: HTTPRequest, as principal: Principal?) async -> HTTPAdmission {
        guard principal == nil, let authorization else { return .accepted(principal) }
        return switch await authorization.authorize(head) {
        case .accepted(let established): .accepted(established)
        case .refused(let answer): .refused(answer)
        }
    }
}

/// Whether a request is answered, and for whom.
enum HTTPAdmission: Sendable {
    case accepted(Principal?)
    case refused(HTTPAnswer)
}
