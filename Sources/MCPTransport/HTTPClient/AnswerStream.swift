import AsyncHTTPClient
import MCPCore
import MCPHTTP

/// The event stream that answers a request. One of the handshake era is taken up again behind its last event when it is lost, or when the server closes it
/// to be polled.
struct AnswerStream: Sendable {
    let transport: HTTPClientTransport
    let id: RequestID
    let metadata: ExchangeMetadata
    let lane: ConnectionPools.Lane
    let receive: @Sendable (JSONRPCMessage) async -> Void

    /// Reads until the response.
    /// - Throws: `TransportError`; `CancellationError`.
    func response(from first: HTTPClientResponse) async throws -> JSONRPCResponse {
        var parser = EventStreamParser(maximumBytes: transport.limits.maximumResponseBytes)
        var reconnection = Reconnection(transport.limits)
        var next: HTTPClientResponse? = first
        while true {
            if let response = next {
                var hasEvent = false
                if let answer = try await read(response, &parser, &hasEvent) { return answer }
                if hasEvent { reconnection.succeeded() } else { try reconnection.failed("it ended without an event") }
            }
            guard metadata.revision.era == .handshake, parser.lastEventID != nil else {
                throw TransportError.closed("the answer's stream ended before the response")
            }
            try await transport.limits.clock.sleep(for: reconnection.pause(retryMilliseconds: parser.retryMilliseconds))
            next = try await resume(&parser, &reconnection)
        }
    }

    /// - Returns: The response, or `nil` where the stream ends before it.
    private func read(_ response: HTTPClientResponse, _ parser: inout EventStreamParser, _ hasEvent: inout Bool) async throws -> JSONRPCResponse? {
        do {
            for try await part in response.body {
                for event in try parser.feed(part.readableBytesView) {
                    hasEvent = true
                    for message in try HTTPClientTransport.messages(in: event.data) {
                        if case .response(let answer) = message, answer.id == id { return answer }
                        await receive(message)
                    }
                }
            }
        } catch let error as EventStreamParser.LimitError {
            throw TransportError.limit("\(error)")
        } catch let error as TransportError {
            throw error
        } catch {}
        // Whatever has cut the stream, unless it was the caller.
        try Task.checkCancellation()
        return nil
    }

    /// - Returns: `nil` where it failed in a way that may pass.
    private func resume(_ parser: inout EventStreamParser, _ reconnection: inout Reconnection) async throws -> HTTPClientResponse? {
        do {
            let response = try await transport.get(lastEventID: parser.lastEventID, metadata.revision, on: lane)
            guard response.isEventStream else { throw TransportError.malformed("a stream was asked for, and what came is none") }
            parser = parser.resumed()
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
