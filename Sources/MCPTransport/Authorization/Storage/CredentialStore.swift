import MCPCore
import Synchronization

/// Keeps what a client must not lose between runs: tokens, and what authorization servers have registered it as.
///
/// Values are secret. A store is used from several tasks at once, and may be shared by several processes.
public protocol CredentialStore: Sendable {
    /// - Throws: `AuthorizationError.storage`.
    func load(_ key: CredentialKey) async throws -> JSONObject?
    /// Keeps a value in the place of the one before; `nil` forgets it.
    /// - Throws: `AuthorizationError.storage`.
    func save(_ value: JSONObject?, for key: CredentialKey) async throws
}

/// What a value of a store is for. What belongs to one issuer is never given to another: each
/// value says, or its key does, whose it is.
public enum CredentialKey: Sendable, Hashable {
    /// The tokens for a resource, by its MCP endpoint.
    case tokens(server: String)
    /// The registration of the client at an authorization server (RFC 7591).
    case registration(issuer: String)
    /// The issuer that a client registered by hand belongs to, where its configuration does not say.
    case issuer(server: String, clientID: String)

    /// One line, unique.
    public var text: String {
        switch self {
        case .tokens(let server): "tokens \(server)"
        case .registration(let issuer): "registration \(issuer)"
        case .issuer(let server, let clientID): "issuer \(server) \(clientID)"
        }
    }
}

/// Keeps credentials as long as the process lives.
public final class MemoryCredentialStore: CredentialStore {
    private let values = Mutex<[CredentialKey: JSONObject]>([:])

    public init() {}

    public func load(_ key: CredentialKey) -> JSONObject? { values.withLock { $0[key] } }
    public func save(_ value: JSONObject?, for key: CredentialKey) { values.withLock { $0[key] = value } }
}
