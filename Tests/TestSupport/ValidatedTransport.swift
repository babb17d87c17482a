import MCPCore
import Synchronization
import Testing

/// Passes everything through, and holds each message of either side against the published schema of its revision.
///
/// Without the specification it only passes through, unless it should be there (`SpecificationSchema.isExpected`): then every message fails.
public struct ValidatedTransport<Base: ClientTransport>: ClientTransport {
    private let base: Base
    private let messages: Recorder

    public init(_ base: Base) {
        self.base = base
        messages = Recorder()
    }

    public var binding: TransportBinding { base.binding }
    public var serverIdentity: String? { base.serverIdentity }
    public var authorizationContext: String? { get async { await base.authorizationContext } }

    public func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws {
        try await base.start(
            receive: { [messages] message in
                messages.check(message, from: .server)
                await receive(message)
            }, report: report)
    }

    public func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        messages.check(.request(request), from: .client)
        let response = try await base.exchange(request, metadata: metadata) { [messages] message in
            messages.check(message, from: .server)
            await receive(message)
        }
        messages.check(.response(response), from: .server)
        return response
    }

    public func begin(_ request: JSONRPCRequest) throws -> StartedExchange? {
        guard let started = try base.begin(request) else { return nil }
        messages.check(.request(request), from: .client)
        return started.observed { [messages] in messages.check($0, from: .server) }
    }

    public func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws {
        messages.check(message, from: .client)
        try await base.send(message, metadata: metadata)
    }

    public func handshakeCompleted(revision: ProtocolRevision) async throws { try await base.handshakeCompleted(revision: revision) }
    public func waitUntilListening() async { await base.waitUntilListening() }
    public func whenSessionEnds(_ action: @escaping @Sendable () -> Void) { base.whenSessionEnds(action) }
    public var isConnected: Bool { base.isConnected }
    public func waitUntilEnd() async -> TransportError? { await base.waitUntilEnd() }
    public func abandon(_ error: TransportError) async { await base.abandon(error) }
    public func close() async { await base.close() }

    private final class Recorder: Sendable {
        private let schema = Mutex(MessageSchema(revision: ProtocolRevision.latest.rawValue))

        func check(_ message: JSONRPCMessage, from side: MessageSchema.Side) {
            guard SpecificationSchema.isExpected else { return }
            do {
                let violations = try schema.withLock { try $0.check(message.json, from: side) }
                #expect(violations.isEmpty, "\(message.json.serializedString)")
            } catch {
                Issue.record("The schema cannot be read: \(error)")
            }
        }
    }
}
