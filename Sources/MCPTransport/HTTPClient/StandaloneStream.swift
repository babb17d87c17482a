import AsyncHTTPClient
import MCPCore
import MCPHTTP

/// The stream that a client of the handshake era opens with GET, for what belongs to no request. It is taken up again when it is lost.
struct StandaloneStream: Sendable {
    let transport: HTTPClientTransport
    let revision: ProtocolRevision
    /// The session that it belongs to.
    let session: String?

    /// Listens until the task is cancelled or the server has no such stream.
    func run() async {
        var parser = EventStreamParser(maximumBytes: transport.limits.maximumResponseBytes)
        var reconnection = Reconnection(transport.limits)
        do {
            while true {
                try await listen(&parser, &reconnection)
                try await transport.limits.clock.sleep(for: reconnection.pause(retryMilliseconds: parser.retryMilliseconds))
            }
        } catch TransportError.sessionEnded {
            transport.sessionEnded(session)
        } catch TransportError.httpStatus(405, _, _) {
            // The server has no such stream.
        } catch {
            if !Task.isCancelled { transport.report(.ignored("what the server sends by itself, from now on: \(error)")) }
        }
    }

    /// Opens the stream, or takes it up again, and listens until it ends.
    private func listen(_ parser: inout EventStreamParser, _ reconnection: inout Reconnection) async throws {
        let last = parser.lastEventID
        do {
            let response = try await transport.get(lastEventID: last, revision, on: .side)
            guard response.isEventStream else { throw TransportError.httpStatus(405, body: "") }
            reconnection.succeeded()
            parser = parser.resumed()
            for try await part in response.body {
                for event in try parser.feed(part.readableBytesView) {
                    for message in try HTTPClientTransport.messages(in: event.data) { await transport.deliver(message) }
                }
            }
        } catch let error as TransportError {
            switch error {
            case .httpStatus(let status, _, _) where last != nil && (status == 400 || status == 410):
                // What was missed is not to be had any more; what comes from now on is.
                transport.report(.ignored("what the server sent while its stream was lost: \(error)"))
                parser = EventStreamParser(maximumBytes: transport.limits.maximumResponseBytes)
            case .httpStatus(let status, _, _) where status >= 500 || status == 429: try reconnection.failed(error.description)
            case .unreachable: try reconnection.failed(error.description)
            default: throw error
            }
        } catch let error as EventStreamParser.LimitError {
            throw TransportError.limit("\(error)")
        } catch {
            // The connection was cut.
            try Task.checkCancellation()
        }
    }
}
