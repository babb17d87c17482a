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
    private let script: Script
    private let state = Mutex(State())

    private struct State {
        var requests: [JSONRPCRequest] = []
        var metadata: [ExchangeMetadata] = []
        var sent: [JSONRPCMessage] = []
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
    var starts: Int { state.withLock { $0.starts } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

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
        let waiters = state.withLock { state in
            state.sent.append(message)
            defer { state.sentWaiters = [] }
            return state.sentWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func close() async { state.withLock { $0.isClosed = true } }
}

/// Never answers; ends with the task.
func silence() async throws -> JSONObject {
    for await _ in AsyncStream<Never>.makeStream().stream {}
    throw CancellationError()
}

/// A clock that stands still until it is moved.
final class StandingClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct Sleeper {
        let id: Int
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Sleeper] = []
        var watchers: [(deadline: Duration, continuation: CheckedContinuation<Void, Never>)] = []
        var nextID = 0
    }

    private let state = Mutex(State())
    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let (result, watchers) = state.withLock { state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
                    if Task.isCancelled { return (.failure(CancellationError()), []) }
                    if state.now >= deadline.offset { return (.success(()), []) }
                    state.sleepers.append(Sleeper(id: id, deadline: deadline.offset, continuation: continuation))
                    let woken = state.watchers.filter { $0.deadline == deadline.offset }
                    state.watchers.removeAll { $0.deadline == deadline.offset }
                    return (nil, woken.map(\.continuation))
                }
                for watcher in watchers { watcher.resume() }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until somebody sleeps until that time, counted from the start of the clock.
    func waitForSleeper(until deadline: Duration) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.contains(where: { $0.deadline == deadline }) { return true }
                state.watchers.append((deadline, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let woken = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return woken
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }
}
