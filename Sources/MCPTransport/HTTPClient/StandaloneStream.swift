import AsyncHTTPClient
import MCPCore

/// The stream that a client of the handshake era opens with GET, for what belongs to no request. It is taken up again when it is lost.
struct StandaloneStream: Sendable {
    let transport: HTTPClientTransport
    let revision: ProtocolRevision
    /// The session that it belongs to.
    let session: String?
    /// Over when the server has answered the first GET, in whatever way.
    let opening = FirstAttempt()

    /// Listens until the task is cancelled or the server has no such stream.
    ///
    /// Where the stream cannot be had, because of the server or of an authorization that is missing, it is tried again once for each time that the session serves a
    /// request, a bounded number of times in a row.
    func run() async {
        defer { opening.end() }
        let reader = EventStreamReader(transport)
        var reconnection = Reconnection(transport.limits)
        var failures = 0
        while !Task.isCancelled {
            do {
                if try await listen(reader, &reconnection) { failures = 0 }
            } catch TransportError.sessionEnded {
                return transport.sessionEnded(session)
            } catch TransportError.httpStatus(405, _, _) {
                // The server has no such stream.
                return
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                let isOver = failures > transport.limits.maximumResumptions
                transport.report(.ignored("what the server sends by itself, \(isOver ? "from now on" : "until its stream can be opened again"): \(error)"))
                guard !isOver else { return }
                await transport.nextSuccess()
                continue
            }
            do { try await transport.limits.clock.sleep(for: reconnection.pause(retryMilliseconds: reader.retryMilliseconds)) } catch {
                if !Task.isCancelled { transport.report(.ignored("what the server sends by itself, from now on: \(error)")) }
                return
            }
        }
    }

    private func open(after last: String?) async throws -> HTTPClientResponse {
        defer { opening.end() }
        return try await transport.get(lastEventID: last, revision, session, on: .side)
    }

    /// Opens the stream, or takes it up again, and listens until it ends.
    /// - Returns: Whether it could be opened.
    private func listen(_ reader: EventStreamReader, _ reconnection: inout Reconnection) async throws -> Bool {
        let last = reader.lastEventID
        var isOpen = false
        do {
            let response = try await open(after: last)
            guard response.isEventStream else { throw TransportError.httpStatus(405, body: "") }
            reconnection.succeeded()
            isOpen = true
            reader.resume()
            _ = try await reader.read(response) { [transport] message -> Never? in
                await transport.deliver(message)
                return nil
            }
        } catch let error as TransportError {
            switch error {
            case .httpStatus(let status, _, _) where last != nil && (status == 400 || status == 410):
                // What was missed is not to be had any more; what comes from now on is.
                transport.report(.ignored("what the server sent while its stream was lost: \(error)"))
                reader.begin()
            case .limit where isOpen:
                transport.report(.ignored("an event of the server: \(error)"))
                reader.begin()
            case .httpStatus(let status, _, _) where status >= 500 || status == 429: try reconnection.failed(error.description)
            case .unreachable: try reconnection.failed(error.description)
            default: throw error
            }
        } catch {
            // The connection was cut, or the server is silent.
            try Task.checkCancellation()
            if let silence = error as? EventStreamReader.Silence { transport.report(.ignored("a stream that is taken for lost: \(silence)")) }
        }
        return isOpen
    }
}
