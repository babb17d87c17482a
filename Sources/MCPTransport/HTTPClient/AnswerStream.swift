import AsyncHTTPClient
import MCPCore

/// The event stream that answers a request. One of the handshake era is taken up again behind its last event when it is lost, or when the server closes it
/// to be polled.
struct AnswerStream: Sendable {
    let transport: HTTPClientTransport
    let id: RequestID
    let metadata: ExchangeMetadata
    /// The session that the request was sent in.
    let session: String?
    let lane: ConnectionPools.Lane
    /// Whether the request lasts as long as somebody listens.
    let isSubscription: Bool
    let receive: @Sendable (JSONRPCMessage) async -> Void

    /// Reads until the response.
    /// - Throws: `TransportError`; `CancellationError`.
    func response(from first: HTTPClientResponse) async throws -> JSONRPCResponse {
        let reader = EventStreamReader(transport)
        var reconnection = Reconnection(transport.limits)
        var next: HTTPClientResponse? = first
        while true {
            if let response = next {
                if let answer = try await read(response, reader) { return answer }
                if reader.hasEvent { reconnection.succeeded() } else { try reconnection.failed("it ended without an event") }
            }
            guard isResumable(reader) else {
                if let fault = reader.fault { throw TransportError.malformed("\(fault), and the stream ended before the response") }
                throw TransportError.closed("the answer's stream ended before the response")
            }
            try await transport.limits.clock.sleep(for: reconnection.pause(retryMilliseconds: reader.retryMilliseconds))
            next = try await resume(reader, &reconnection)
        }
    }

    private func isResumable(_ reader: EventStreamReader) -> Bool { metadata.revision.era == .handshake && reader.lastEventID != nil }

    /// - Returns: The response, or `nil` where the stream ends before it.
    private func read(_ response: HTTPClientResponse, _ reader: EventStreamReader) async throws -> JSONRPCResponse? {
        do {
            // A call that cannot be taken up again has its time-out, and may have effects that are lost sight of; a subscription has nothing of both.
            return try await reader.read(response, mayEnd: { isSubscription || isResumable(reader) }) { [id, receive] message in
                if case .response(let answer) = message, answer.id == id { return answer }
                await receive(message)
                return nil
            }
        } catch let error as TransportError {
            throw error
        } catch let silence as EventStreamReader.Silence where !isResumable(reader) {
            throw TransportError.closed("\(silence)")
        } catch {}
        // Whatever has cut the stream, unless it was the caller.
        try Task.checkCancellation()
        return nil
    }

    /// - Returns: `nil` where it failed in a way that may pass.
    private func resume(_ reader: EventStreamReader, _ reconnection: inout Reconnection) async throws -> HTTPClientResponse? {
        do {
            let response = try await transport.get(lastEventID: reader.lastEventID, metadata.revision, session, on: lane, headers: metadata.headers)
            guard response.isEventStream else { throw TransportError.malformed("a stream was asked for, and what came is none") }
            reader.resume()
            return response
        } catch TransportError.sessionEnded {
            // The server has begun to do what was asked: this is no request that could be sent again.
            throw TransportError.closed("the server ended the session while the request ran; \(Self.advice)")
        } catch TransportError.httpStatus(let status, let body, let error) where (400..<500).contains(status) && !Self.mayPass.contains(status) {
            throw TransportError.closed(
                "the server does not give the rest of the answer (HTTP status \(status): \(error?.message ?? body)); \(Self.advice)")
        } catch let error as TransportError {
            switch error {
            case .httpStatus, .unreachable: try reconnection.failed(error.description)
            default: throw error
            }
            return nil
        }
    }

    private static let advice = "look whether it had effects before you send it again"
    /// Time-out, too early, too many requests; and what authorization may mend.
    private static let mayPass: Set<Int> = [401, 403, 408, 425, 429]
}
