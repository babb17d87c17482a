import MCPCore
import Synchronization
import TestSupport
import Testing

/// One request to a server without a transport between, with every message held against the published schema.
struct ServedRequest {
    var notifications: [JSONRPCNotification]
    var response: JSONRPCResponse

    var result: JSONObject? { try? response.result.get() }
    var error: JSONRPCError? { if case .failure(let error) = response.result { error } else { nil } }
    /// The text of a tool's result.
    var text: String? { result?["content"]?[0]?["text"]?.string }

    /// - Parameters:
    ///   - meta: Further keys of `_meta`; those that a request of the per-request era needs are there.
    ///   - isValid: Whether the schema allows the request; it is not looked at where it does not, on purpose.
    init(
        _ method: String, _ params: JSONObject = [:], meta: JSONObject = [:], at server: Server, _ peer: Peer, isValid: Bool = true
    ) async throws {
        var params = params
        var meta = meta
        if peer.revision.era == .perRequest {
            meta[MetaKey.protocolVersion] = .string(peer.revision.rawValue)
            meta[MetaKey.clientCapabilities] = peer.capabilities.json
        }
        if !meta.isEmpty { params["_meta"] = .object(meta) }
        let request = JSONRPCRequest(id: 1, method: method, params: params)
        let sent = Mutex<[JSONRPCNotification]>([])
        response = await server.kernel.respond(to: request, peer: peer) { notification in sent.withLock { $0.append(notification) } }
        notifications = sent.withLock(\.self)
        guard SpecificationSchema.isExpected, isValid else { return }
        var schema = MessageSchema(revision: peer.revision.rawValue)
        #expect(try schema.check(request.json, from: .client).isEmpty, "\(request.json.serializedString)")
        for message in notifications.map(\.json) + [response.json] {
            #expect(try schema.check(message, from: .server).isEmpty, "\(message.serializedString)")
        }
    }
}

/// A clock that stands still until it is moved.
final class StoppedClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_800_000_000_000)
    var environment: ServerEnvironment { ServerEnvironment(now: { self.milliseconds.withLock(\.self) }, randomBytes: ServerEnvironment.system.randomBytes) }
    func advance(milliseconds: Int64) { self.milliseconds.withLock { $0 += milliseconds } }
}
