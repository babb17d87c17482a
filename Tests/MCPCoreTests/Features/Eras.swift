import MCPCore
import TestSupport

/// Runs `body` with a client of the revision, in process, with every message held against the published schema.
/// - Parameter sendsInvalid: The client sends what no schema allows, on purpose.
@discardableResult func withFeatures<Value>(
    of server: Server, _ revision: ProtocolRevision, sendsInvalid: Bool = false, _ change: (inout ClientConfiguration) -> Void = { _ in },
    _ body: (Client) async throws -> Value
) async throws -> Value {
    var configuration = ClientConfiguration(era: .pinned(revision))
    change(&configuration)
    if sendsInvalid { return try await withClient(.inProcess(server), configuration: configuration, body) }
    return try await withClient(ValidatedTransport(.inProcess(server)), configuration: configuration, body)
}

/// The newest revision of each era.
let bothEras: [ProtocolRevision] = [.latestHandshake, .latest]
