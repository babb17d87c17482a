import MCPCore

/// A transport that carries a fault into a client that has none.
public struct MutantTransport<Base: ClientTransport>: ClientTransport {
    private let base: Base
    private let mutant: ClientMutant

    public init(_ base: Base, _ mutant: ClientMutant) {
        self.base = base
        self.mutant = mutant
    }

    public var binding: TransportBinding { base.binding }
    public var serverIdentity: String? { base.serverIdentity }
    public var authorizationContext: String? { get async { await base.authorizationContext } }

    public func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws {
        let mutant = mutant
        try await base.start(
            receive: { message in
                if let message = mutant.incoming(message) { await receive(message) }
            },
            report: { diagnostic in
                mutant.diagnosed(diagnostic)
                report(diagnostic)
            })
    }

    public func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        var (request, metadata) = (request, metadata)
        mutant.request(&request, &metadata)
        do {
            var response = try await carry(request, metadata, receive)
            try await mutant.response(request, &response)
            return response
        } catch let error as TransportError {
            return JSONRPCResponse(id: request.id, try await mutant.failure(request, error))
        }
    }

    private func carry(
        _ request: JSONRPCRequest, _ metadata: ExchangeMetadata, _ receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        let (base, mutant) = (base, mutant)
        let exchange: @Sendable () async throws -> JSONRPCResponse = {
            try await base.exchange(request, metadata: metadata) { message in
                if let message = mutant.incoming(message) { await receive(message) }
            }
        }
        guard mutant.holdsOnToCancelledCalls else { return try await exchange() }
        return try await Task { try await exchange() }.value
    }

    public func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws {
        if let message = mutant.outgoing(message) { try await base.send(message, metadata: metadata) }
    }

    public func handshakeCompleted(revision: ProtocolRevision) async throws {
        if mutant.opensStandaloneStream { try await base.handshakeCompleted(revision: revision) }
    }

    public func waitUntilListening() async { await base.waitUntilListening() }
    public func whenSessionEnds(_ action: @escaping @Sendable () -> Void) { base.whenSessionEnds(action) }
    public var isConnected: Bool { base.isConnected }
    public func waitUntilEnd() async -> TransportError? { await base.waitUntilEnd() }
    public func abandon(_ error: TransportError) async { await base.abandon(error) }

    public func close() async {
        mutant.closing()
        await base.close()
    }
}
