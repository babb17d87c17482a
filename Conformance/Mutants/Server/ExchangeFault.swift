import HTTPTypes
import Hummingbird
import HummingbirdCore
import MCPCore
import MCPHTTPServer
import NIOCore
import Synchronization

/// What a server over HTTP does wrong with requests that are given up.
enum ExchangeFault: Sendable {
    /// It goes on when the client has closed the stream.
    case ignoresDisconnects
    /// When a call ends, it looks up what to cancel by the id that the client chose, in all connections.
    case cancelsNamesakes
    /// It takes a lost stream for a cancellation also in a session.
    case cancelsLostStreams
}

/// The exchanges of a mutant, with faults of this kind.
final class MutantExchanges: Sendable {
    private struct Running {
        var number: Int
        var id: JSONValue
        var task: Task<Response, any Error>
    }

    private struct State {
        var next = 0
        var running: [Running] = []
    }

    private let responder: MCPResponder
    private let state = Mutex(State())

    init(_ responder: MCPResponder) { self.responder = responder }

    func shutdown() { responder.shutdown() }

    func respond(to request: Request, _ message: WireRequest, _ fault: ExchangeFault?) async throws -> Response {
        switch fault {
        case nil: return try await responder.respond(to: request)
        // Detached, so that it does not learn that the client has gone.
        case .ignoresDisconnects: return try await Task.detached { [responder] in try await responder.respond(to: request) }.value
        case .cancelsNamesakes:
            // At every end: that a call was given up is not always to be seen in its answer.
            defer { cancel(message.body["id"] ?? .null) }
            return try await run(request, id: message.body["id"] ?? .null)
        case .cancelsLostStreams:
            var response = try await responder.respond(to: request)
            guard !response.isOfClosedRequest else {
                cancel(message, as: request.head)
                return response
            }
            let inner = response.body
            response.body = ResponseBody { [self] writer in
                let delivery = Delivery()
                do { try await inner.write(WatchedWriter(inner: writer, delivery: delivery)) } catch {
                    cancel(message, as: request.head)
                    throw error
                }
                if !delivery.hasResult.withLock(\.self) { cancel(message, as: request.head) }
            }
            return response
        }
    }

    private func run(_ request: Request, id: JSONValue) async throws -> Response {
        let task = Task { [responder] in try await responder.respond(to: request) }
        let number = state.withLock { state in
            state.next += 1
            state.running.append(Running(number: state.next, id: id, task: task))
            return state.next
        }
        defer { state.withLock { $0.running.removeAll { $0.number == number } } }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func cancel(_ id: JSONValue) {
        for running in state.withLock({ $0.running }) where running.id == id { running.task.cancel() }
    }

    /// Cancels a request of a session as its client would.
    private func cancel(_ message: WireRequest, as head: HTTPRequest) {
        let notification: JSONValue = [
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": message.body["id"] ?? .null],
        ]
        let body = ByteBuffer(bytes: notification.serialized())
        var head = head
        head.headerFields[.contentLength] = String(body.readableBytes)
        let request = Request(head: head, body: RequestBody(buffer: body))
        // Detached: the client of the stream is gone, and what is answered in its place would be given up.
        Task.detached { [responder] in _ = try? await responder.respond(to: request) }
    }
}

extension Response {
    /// The client had gone before there was an answer.
    fileprivate var isOfClosedRequest: Bool { status.code == 499 }
}

/// Whether a stream has carried the response that it is for.
private final class Delivery: Sendable {
    let hasResult = Mutex(false)
}

private struct WatchedWriter: ResponseBodyWriter {
    var inner: any ResponseBodyWriter
    let delivery: Delivery

    mutating func write(_ buffer: ByteBuffer) async throws {
        try await inner.write(buffer)
        let text = String(buffer: buffer)
        if text.contains(#""result""#) || text.contains(#""error""#) { delivery.hasResult.withLock { $0 = true } }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { try await inner.finish(trailingHeaders) }
}
