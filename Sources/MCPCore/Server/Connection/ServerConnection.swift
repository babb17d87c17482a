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
        /// Requests that run or wait, by the id that the client chose.
        var underWay = RequestTable<UnderWay>()
        /// How many of them run.
        var running = 0
        /// Those of them that are subscriptions.
        var listening: Set<RequestID> = []
        /// Requests that wait until others have ended.
        var waiting = NumberedLine<WaitingRequest>()
        /// The bytes of the messages that both came in.
        var bytesUnderWay = 0
        /// The client is gone: nothing that it asked before is begun any more.
        var isAbandoned = false
        var drained: CheckedContinuation<Void, Never>?
        /// Ends what a cancelled connection still waits for.
        var ending: Task<Void, Never>?
        /// What requests run on: where the connection is served. Asked once, not for each.
        var executor: (any TaskExecutor)?
    }

    /// How far a request has come.
    enum UnderWay {
        /// With its number in the line.
        case waits(Int)
        case runs(Task<Void, Never>)
    }

    /// A request that has come. A class, because it goes from the reader through the line to its task.
    final class WaitingRequest: Sendable {
        let request: JSONRPCRequest
        let peer: Peer
        let route: ResponseRoute
        let bytes: Int

        init(request: JSONRPCRequest, peer: Peer, route: ResponseRoute, bytes: Int) {
            self.request = request
            self.peer = peer
            self.route = route
            self.bytes = bytes
        }
    }

    let server: Server
    let id = ConnectionID()
    let sink: any MessageSink
    let requests: PendingRequests
    let sleep: @Sendable (Duration) async throws -> Void
    private let requestStates: any RequestStateStore
    private let principal: Principal?
    /// Sends what belongs to a request and goes out before its response.
    let notify: @Sendable (JSONRPCNotification) async throws -> Void
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
        notify = { [sink] notification in try await sink.write(notification.serialized()) }
        state = Mutex(State(session: HandshakeSession(kernel: server.kernel)))
    }

    /// Serves until the input ends, and then until everything that was asked has been answered. Subscriptions end with the input.
    ///
    /// Cancelling the task cancels what is under way. Subscriptions get their responses first, as far as the channel takes them within a second.
    public func run(_ inbound: some AsyncSequence<InboundFrames, any Error> & Sendable) async throws {
        state.withLock { $0.executor = CurrentExecutor.preference }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var reading = Reading(server.configuration)
            let announcements = server.kernel.subscriptions.subscribe(session: id)
            group.addTask { [self] in await announce(announcements) }
            defer {
                server.kernel.subscriptions.unsubscribe(announcements)
                state.withLock { $0.ending }?.cancel()
            }
            do {
                for try await frames in inbound { await receive(frames, &reading) }
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

    /// What is kept from one message to the next: only whoever reads needs it.
    private struct Reading {
        var reader: MessageReader
        var perRequestPeer = ConnectionPeer()
        var sessionPeer = ConnectionPeer()

        init(_ configuration: ServerConfiguration) { reader = MessageReader(configuration) }
    }

    /// Who a message comes from.
    private enum Sender {
        /// The client of the connection.
        case connection
        /// Whoever the message itself says.
        case told(Principal?)
    }

    nonisolated(nonsending) private func receive(_ frames: InboundFrames, _ reading: inout Reading) async {
        switch frames {
        case .messages(let messages):
            for message in messages { await receive(message, of: .connection, &reading) }
        case .message(let message, let principal): await receive(message, of: .told(principal), &reading)
        case .tooLong(let limit, _):
            await refuse(
                JSONRPCResponse(id: nil, JSONRPCError(.invalidRequest, "Invalid request: the message is longer than \(limit) bytes")))
        }
    }

    nonisolated(nonsending) private func receive(_ bytes: [UInt8], of sender: Sender, _ reading: inout Reading) async {
        let input = bytes.withUnsafeBytes { reading.reader.read($0) }
        switch input {
        case .message(let message):
            if let rest = take(message, .connection, bytes: bytes.count, of: sender, &reading) { await finish(rest, .connection) }
        case .invalid(let response): await refuse(response)
        case .batch(let inputs): await receive(batch: inputs, bytes: bytes.count, of: sender, &reading)
        }
    }

    /// Batches exist in 2025-03-26 only, inside a session.
    nonisolated(nonsending) private func receive(batch inputs: [JSONRPCInput], bytes: Int, of sender: Sender, _ reading: inout Reading) async {
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
            case .message(let message):
                if let rest = take(message, .batch(batch), bytes: bytes / max(inputs.count, 1), of: sender, &reading) { await finish(rest, .batch(batch)) }
            case .invalid(let response): await answer(response, .batch(batch))
            case .batch:
                break
            }
        }
    }

    /// What taking a message leaves to be done that may have to wait.
    private enum Rest {
        case answer(JSONRPCResponse)
        case cancel(RequestID, reason: String?)
        case hand(JSONRPCNotification, Peer)
    }

    /// Takes a message. Not asynchronous: a request is only begun here.
    private func take(_ message: JSONRPCMessage, _ route: ResponseRoute, bytes: Int, of sender: Sender, _ reading: inout Reading) -> Rest? {
        if case .request(let request) = message {
            switch reading.reader.classify(request) {
            case .refused(let error): return .answer(JSONRPCResponse(id: request.id, error))
            case .perRequest(let said):
                let peer = reading.perRequestPeer.of(said) { peer in
                    peer.principal = principal
                    peer.connection = id
                    peer.requestStates = requestStates
                }
                return begin(WaitingRequest(request: request, peer: told(peer, by: sender), route: route, bytes: bytes)).map(Rest.answer)
            case .handshake: break
            }
        }
        switch state.withLock({ $0.session.receive(message) }) {
        case .respond(let response), .opened(let response): return .answer(response)
        case .serve(let request, let said):
            let peer = reading.sessionPeer.of(said) { peer in
                peer.principal = principal
                peer.connection = id
                peer.backChannel = ConnectionBackChannel(connection: self)
            }
            return begin(WaitingRequest(request: request, peer: told(peer, by: sender), route: route, bytes: bytes)).map(Rest.answer)
        case .ready: requests.ready()
        case .cancel(let id, let reason): return .cancel(id, reason: reason)
        case .deliver(let response):
            if !requests.resolve(response) { server.configuration.diagnostics(.ignored(reason: "a response that nobody waits for")) }
        case .take(let notification, var peer):
            peer.principal = principal
            peer.connection = id
            return .hand(notification, told(peer, by: sender))
        case .ignore(let reason): server.configuration.diagnostics(.ignored(reason: reason))
        }
        return nil
    }

    nonisolated(nonsending) private func finish(_ rest: Rest, _ route: ResponseRoute) async {
        switch rest {
        case .answer(let response): await answer(response, route)
        case .cancel(let id, let reason): await cancel(id, reason: reason)
        case .hand(let notification, let peer): _ = await server.kernel.receive(notification, from: peer)
        }
    }

    /// The peer of a message, where that says itself who its client is.
    private func told(_ peer: Peer, by sender: Sender) -> Peer {
        guard case .told(let principal) = sender else { return peer }
        var peer = peer
        peer.principal = principal
        return peer
    }

    /// List changes for the session, once there is one.
    private func announce(_ changes: ChangeSubscription) async {
        for await change in changes where state.withLock({ $0.session.client != nil }) {
            await send(.notification(change.notification))
        }
    }

    nonisolated(nonsending) func send(_ message: JSONRPCMessage) async {
        await write(message.serialized())
    }

    /// Answers what could not be read.
    nonisolated(nonsending) private func refuse(_ response: JSONRPCResponse) async {
        await write(response.json(in: state.withLock { $0.session.client?.revision }).serialized())
    }

    nonisolated(nonsending) func write(_ bytes: [UInt8]) async {
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
