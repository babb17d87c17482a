import MCPQueues
import Synchronization

/// Serves one channel that carries one message after the other, in both eras: stdio, a socket, in process.
///
/// It goes on reading whatever its handlers do, so that cancellation and answers always arrive. Requests beyond
/// `ServerConfiguration.maximumConcurrentRequests` wait in a queue that is bounded by their number; beyond that, and beyond the bytes of all that are under way, they are
/// refused.
public final class ServerConnection: Sendable {
    struct State {
        var session: HandshakeSession
        /// Requests that run, by the id that the client chose.
        var running: [RequestID: Task<Void, Never>] = [:]
        /// Those of them that are subscriptions.
        var listening: Set<RequestID> = []
        /// Requests that wait until others have ended.
        var waiting = WaitingLine<RequestID, WaitingRequest>()
        /// The bytes of the messages that both came in.
        var bytesUnderWay = 0
        /// The client is gone: nothing that it asked before is begun any more.
        var isAbandoned = false
        var drained: CheckedContinuation<Void, Never>?
        /// Ends what a cancelled connection still waits for.
        var ending: Task<Void, Never>?
    }

    struct WaitingRequest {
        var request: JSONRPCRequest
        var peer: Peer
        var route: ResponseRoute
        var bytes: Int
    }

    let server: Server
    let id = ConnectionID()
    let sink: any MessageSink
    let requests: PendingRequests
    let sleep: @Sendable (Duration) async throws -> Void
    private let requestStates: any RequestStateStore
    private let principal: Principal?
    private let classifier: RequestClassifier
    let state: Mutex<State>

    /// - Parameters:
    ///   - sink: Where messages to the client go.
    ///   - principal: Who the client is, where the channel knows it; `InboundFrames.message` says it anew.
    ///   - requestStates: Where journals of calls that ask wait; `nil` for the server's own.
    ///   - sleep: How time passes where the server's environment does not say (`ServerEnvironment.sleep`).
    public init(
        server: Server, sink: any MessageSink, principal: Principal? = nil, requestStates: (any RequestStateStore)? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.server = server
        self.sink = sink
        self.principal = principal
        self.requestStates = requestStates ?? server.kernel.requestStates
        let sleep = server.configuration.environment.sleep ?? sleep
        self.sleep = sleep
        requests = PendingRequests(server.configuration, sleep: sleep)
        classifier = RequestClassifier(configuration: server.configuration)
        state = Mutex(State(session: HandshakeSession(kernel: server.kernel)))
    }

    /// Serves until the input ends, and then until everything that was asked has been answered. Subscriptions end with the input.
    ///
    /// Cancelling the task cancels what is under way. Subscriptions get their responses first, as far as the channel takes them within a second.
    public func run(_ inbound: some AsyncSequence<InboundFrames, any Error> & Sendable) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let announcements = server.kernel.subscriptions.subscribe(session: id)
            group.addTask { [self] in await announce(announcements) }
            defer {
                server.kernel.subscriptions.unsubscribe(announcements)
                state.withLock { $0.ending }?.cancel()
            }
            do {
                for try await frames in inbound { await receive(frames) }
                server.kernel.subscriptions.finish(owner: id)
                requests.close(TransportError.closed("the client has closed the connection"))
                await drain()
            } catch {
                abandon()
                await drain()
                throw error
            }
        }
    }

    private func receive(_ frames: InboundFrames) async {
        switch frames {
        case .messages(let messages):
            for message in messages { await receive(message, of: principal) }
        case .message(let message, let principal): await receive(message, of: principal)
        case .tooLong(let limit):
            await refuse(
                JSONRPCResponse(id: nil, JSONRPCError(.invalidRequest, "Invalid request: the message is longer than \(limit) bytes")))
        }
    }

    private func receive(_ bytes: [UInt8], of principal: Principal?) async {
        let input = bytes.withUnsafeBytes { JSONRPCInput(parsing: $0, limits: server.configuration.jsonLimits) }
        switch input {
        case .message(let message): await receive(message, .connection, bytes: bytes.count, of: principal)
        case .invalid(let response): await refuse(response)
        case .batch(let inputs): await receive(batch: inputs, bytes: bytes.count, of: principal)
        }
    }

    /// Batches exist in 2025-03-26 only, inside a session.
    private func receive(batch inputs: [JSONRPCInput], bytes: Int, of principal: Principal?) async {
        guard state.withLock({ $0.session.client?.revision }) == .v2025_03_26 else {
            let reason = "Invalid request: batches exist only in sessions of revision 2025-03-26; send each message by itself"
            await refuse(JSONRPCResponse(id: nil, JSONRPCError(.invalidRequest, reason)))
            return
        }
        let expected = inputs.count { input in
            switch input {
            case .message(.request), .invalid: true
            default: false
            }
        }
        let batch = ResponseBatch(count: expected)
        for input in inputs {
            switch input {
            case .message(let message): await receive(message, .batch(batch), bytes: bytes / max(inputs.count, 1), of: principal)
            case .invalid(let response): await answer(response, .batch(batch))
            case .batch:
                break
            }
        }
    }

    private func receive(_ message: JSONRPCMessage, _ route: ResponseRoute, bytes: Int, of principal: Principal?) async {
        if case .request(let request) = message {
            switch classifier.classify(request) {
            case .refused(let error): return await answer(JSONRPCResponse(id: request.id, error), route)
            case .perRequest(var peer):
                peer.principal = principal
                peer.connection = id
                peer.requestStates = requestStates
                return await begin(WaitingRequest(request: request, peer: peer, route: route, bytes: bytes))
            case .handshake: break
            }
        }
        switch state.withLock({ $0.session.receive(message) }) {
        case .respond(let response), .opened(let response): await answer(response, route)
        case .serve(let request, var peer):
            peer.principal = principal
            peer.connection = id
            peer.backChannel = ConnectionBackChannel(connection: self)
            await begin(WaitingRequest(request: request, peer: peer, route: route, bytes: bytes))
        case .ready: requests.ready()
        case .cancel(let id, let reason): await cancel(id, reason: reason)
        case .deliver(let response):
            if !requests.resolve(response) { server.configuration.diagnostics(.ignored(reason: "a response that nobody waits for")) }
        case .take(let notification, var peer):
            peer.principal = principal
            peer.connection = id
            _ = await server.kernel.receive(notification, from: peer)
        case .ignore(let reason): server.configuration.diagnostics(.ignored(reason: reason))
        }
    }

    /// List changes for the session, once there is one.
    private func announce(_ changes: ChangeSubscription) async {
        for await change in changes where state.withLock({ $0.session.client != nil }) {
            await send(.notification(change.notification))
        }
    }

    func send(_ message: JSONRPCMessage) async {
        await write(message.serialized())
    }

    /// Answers what could not be read.
    private func refuse(_ response: JSONRPCResponse) async {
        await write(response.json(in: state.withLock { $0.session.client?.revision }).serialized())
    }

    func write(_ bytes: [UInt8]) async {
        do { try await sink.write(bytes) } catch is CancellationError {
            // The client has taken back what this belongs to; it is not gone.
        } catch {
            abandon()
        }
    }
}

/// Where the response to a request goes.
enum ResponseRoute: Sendable {
    case connection
    case batch(ResponseBatch)
}

/// The responses to a batch, which go out together (JSON-RPC 2.0 section 6).
final class ResponseBatch: Sendable {
    private struct State {
        var missing: Int
        var responses: [JSONValue] = []
    }
    private let state: Mutex<State>

    init(count: Int) { state = Mutex(State(missing: count)) }

    /// Takes a response, or `nil` for a request that gets none.
    /// - Returns: All responses, when this was the last one that was missing and there are any.
    func add(_ response: JSONRPCResponse?) -> JSONValue? {
        state.withLock { state in
            if let response { state.responses.append(response.json(in: .v2025_03_26)) }
            state.missing -= 1
            return state.missing == 0 && !state.responses.isEmpty ? .array(state.responses) : nil
        }
    }
}

/// Asks the client over the same connection.
struct ConnectionBackChannel: BackChannel {
    let connection: ServerConnection

    func request(_ method: String, params: JSONObject) async throws -> JSONObject {
        try await connection.requests.request(method, params: params) { message in
            try await connection.sink.write(message.serialized())
        } cancelled: { id in
            await connection.send(.notification(JSONRPCNotification(method: "notifications/cancelled", params: ["requestId": id.json])))
        }
    }
}
