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
        var parser = EventStreamParser()
        var failures = 0
        while !Task.isCancelled {
            do {
                let response = try await transport.get(lastEventID: parser.lastEventID, revision)
                guard response.isEventStream else { return }
                failures = 0
                parser = parser.resumed()
                for try await part in response.body {
                    for event in try parser.feed(part.readableBytesView) {
                        for message in try HTTPClientTransport.messages(in: event.data) { await transport.deliver(message) }
                    }
                }
            } catch TransportError.sessionEnded {
                return transport.sessionEnded(session)
            } catch TransportError.httpStatus {
                // 405: the server has no such stream.
                return
            } catch {
                failures += 1
                guard failures < 8, !Task.isCancelled else { return }
            }
            let pause = Duration.milliseconds(parser.retryMilliseconds ?? 1000) * (1 << failures)
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }
}
