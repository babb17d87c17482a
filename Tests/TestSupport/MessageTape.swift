import MCPCore
import Synchronization

/// Passes everything through, and keeps which notifications came on the exchange of which request, and which on none.
public final class MessageTape<Base: ClientTransport>: ClientTransport {
    private struct State {
        var exchanges: [(request: JSONRPCRequest, notifications: [JSONRPCNotification])] = []
        var general: [JSONRPCMessage] = []
    }

    private let base: Base
    private let state = Mutex(State())

    public init(_ base: Base) { self.base = base }

    /// The requests that were sent, in order.
    public var requests: [JSONRPCRequest] { state.withLock { $0.exchanges.map(\.request) } }
    /// What came by itself.
    public var general: [JSONRPCMessage] { state.withLock(\.general) }

    /// What came for requests of a method, in order.
    public func received(in method: String) -> [JSONRPCNotification] {
        state.withLock { $0.exchanges.filter { $0.request.method == method }.flatMap(\.notifications) }
    }

    public var binding: TransportBinding { base.binding }
    public var serverIdentity: String? { base.serverIdentity }
    public var authorizationContext: String? { get async { await base.authorizationContext } }

    public func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws {
        try await base.start(
            receive: { [weak self] message in
                self?.state.withLock { $0.general.append(message) }
                await receive(message)
            }, report: report)
    }

    public func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        let index = note(request)
        return try await base.exchange(request, metadata: metadata) { [weak self] message in
            self?.note(message, in: index)
            await receive(message)
        }
    }

    public func begin(_ request: JSONRPCRequest) throws -> StartedExchange? {
        guard let started = try base.begin(request) else { return nil }
        let index = note(request)
        return started.observed { [weak self] in self?.note($0, in: index) }
    }

    private func note(_ request: JSONRPCRequest) -> Int {
        state.withLock { state in
            state.exchanges.append((request, []))
            return state.exchanges.count - 1
        }
    }

    private func note(_ message: JSONRPCMessage, in index: Int) {
        if case .notification(let notification) = message { state.withLock { $0.exchanges[index].notifications.append(notification) } }
    }

    public func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws { try await base.send(message, metadata: metadata) }
    public func handshakeCompleted(revision: ProtocolRevision) async throws { try await base.handshakeCompleted(revision: revision) }
    public func waitUntilListening() async { await base.waitUntilListening() }
    public func whenSessionEnds(_ action: @escaping @Sendable () -> Void) { base.whenSessionEnds(action) }
    public var isConnected: Bool { base.isConnected }
    public func waitUntilEnd() async -> TransportError? { await base.waitUntilEnd() }
    public func abandon(_ error: TransportError) async { await base.abandon(error) }
    public func close() async { await base.close() }
}
