import MCPCore
import Synchronization

/// A transport whose other end is a closure: what it returns is the response, what it throws the failure.
final class ScriptedTransport: ClientTransport {
    struct Call: Sendable {
        let request: JSONRPCRequest
        let metadata: ExchangeMetadata
        /// Sends what belongs to the request before its response.
        let emit: @Sendable (JSONRPCMessage) async -> Void
        /// Which start of the transport this is, from 1.
        let start: Int
    }

    typealias Script = @Sendable (Call) async throws -> JSONObject

    let binding: TransportBinding
    let serverIdentity: String?
    let authorizationContext: String? = ""
    private let script: Script
    private let state = Mutex(State())

    private struct State {
        var requests: [JSONRPCRequest] = []
        var metadata: [ExchangeMetadata] = []
        var sent: [JSONRPCMessage] = []
        var sentMetadata: [ExchangeMetadata] = []
        var sendFailures: [TransportError] = []
        var heldSends: AsyncStream<Void>.Continuation?
        var starts = 0
        var isClosed = false
        var receive: (@Sendable (JSONRPCMessage) async -> Void)?
        var sentWaiters: [CheckedContinuation<Void, Never>] = []
    }

    init(_ binding: TransportBinding = .stream, identity: String? = nil, _ script: @escaping Script) {
        self.binding = binding
        serverIdentity = identity
        self.script = script
    }

    var requests: [JSONRPCRequest] { state.withLock { $0.requests } }
    var methods: [String] { requests.map(\.method) }
    var metadata: [ExchangeMetadata] { state.withLock { $0.metadata } }
    var sent: [JSONRPCMessage] { state.withLock { $0.sent } }
    /// Of the messages that the client sent beside its requests.
    var sentMetadata: [ExchangeMetadata] { state.withLock { $0.sentMetadata } }
    var starts: Int { state.withLock { $0.starts } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Refuses the next messages that the client sends beside its requests.
    func failSends(_ errors: [TransportError]) { state.withLock { $0.sendFailures = errors } }

    /// Takes no further message that the client sends beside its requests.
    /// - Returns: Gives an element for each that is tried.
    func holdSends() -> AsyncStream<Void> {
        let (tries, held) = AsyncStream<Void>.makeStream()
        state.withLock { $0.heldSends = held }
        return tries
    }

    /// Sends something that belongs to no request.
    func emit(_ message: JSONRPCMessage) async { await state.withLock { $0.receive }?(message) }

    /// The messages that the client sent beside its requests, once there are that many.
    func sent(count: Int) async -> [JSONRPCMessage] {
        while sent.count < count {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.sent.count < count { state.sentWaiters.append(continuation) }
                    return state.sent.count >= count
                }
                if isThere { continuation.resume() }
            }
        }
        return sent
    }

    func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws {
        state.withLock { state in
            state.starts += 1
            state.receive = receive
        }
    }

    func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        let start = state.withLock { state in
            state.requests.append(request)
            state.metadata.append(metadata)
            return state.starts
        }
        do {
            return JSONRPCResponse(id: request.id, try await script(Call(request: request, metadata: metadata, emit: receive, start: start)))
        } catch let error as JSONRPCError {
            return JSONRPCResponse(id: request.id, error)
        }
    }

    func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws {
        if let held = state.withLock({ $0.heldSends }) {
            held.yield()
            _ = try await silence()
        }
        let waiters = try state.withLock { state in
            guard state.sendFailures.isEmpty else { throw state.sendFailures.removeFirst() }
            state.sent.append(message)
            state.sentMetadata.append(metadata)
            defer { state.sentWaiters = [] }
            return state.sentWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func abandon(_ error: TransportError) async {}
    func close() async { state.withLock { $0.isClosed = true } }
}

/// Never answers; ends with the task.
func silence() async throws -> JSONObject {
    for await _ in AsyncStream<Never>.makeStream().stream {}
    throw CancellationError()
}
