import AsyncHTTPClient
import Foundation
import MCPCore
import MCPHTTP
import NIOCore
import Synchronization

/// Connects to a server that speaks only the HTTP+SSE transport of 2024-11-05: its messages come on an event stream, whose first event names the URL
/// that the client's are posted to. Newer revisions replace it with Streamable HTTP.
struct LegacySSEConnector: StreamConnector {
    let transport: HTTPClientTransport

    var serverIdentity: String? { transport.url }

    func open() async throws -> StreamChannel {
        let response = try await transport.get(lastEventID: nil, nil, nil, on: .side)
        guard response.isEventStream else { throw TransportError.unreachable("\(transport.url) opens no event stream") }
        let inbound = InboundQueue()
        let endpoint = FirstEndpoint()
        // Unstructured: it lives as long as the channel, and `close` ends it.
        let reading = Task { [transport] in
            let end = await Self.read(response, transport, inbound, endpoint)
            endpoint.settle(.failure(TransportError.unreachable("\(transport.url) named no endpoint on its event stream: \(end)")))
            inbound.finish()
            return end
        }
        do {
            let sink = LegacySSESink(transport: transport, url: try await endpoint.value(within: transport.limits))
            return StreamChannel(
                inbound: inbound, sink: sink, reasonForEnd: { await reading.value },
                close: {
                    reading.cancel()
                    _ = await reading.value
                })
        } catch {
            reading.cancel()
            throw error
        }
    }

    /// Reads the event stream to its end.
    /// - Returns: Why it has ended.
    private static func read(
        _ response: HTTPClientResponse, _ transport: HTTPClientTransport, _ inbound: InboundQueue, _ endpoint: FirstEndpoint
    ) async -> String {
        var parser = EventStreamParser(maximumBytes: transport.limits.maximumResponseBytes)
        do {
            for try await part in response.body {
                for event in try parser.feed(part.readableBytesView) {
                    switch event.type {
                    case "endpoint": endpoint.settle(Result { try url(String(decoding: event.data, as: UTF8.self), from: transport.url) })
                    case "message": await inbound.push(.messages([event.data]))
                    default: transport.report(.ignored("an event of type \(event.type.prefix(40))"))
                    }
                }
            }
            return "the server has closed its event stream"
        } catch {
            return "\(error)"
        }
    }

    /// The URL to post to. It has the origin of the event stream: another server is not sent what is meant for this one.
    static func url(_ endpoint: String, from stream: String) throws -> String {
        guard let base = URL(string: stream), let url = URL(string: endpoint, relativeTo: base)?.absoluteURL else {
            throw TransportError.malformed("its endpoint is no URL: \(endpoint.prefix(200))")
        }
        guard origin(of: url) == origin(of: base), url.user == nil, url.password == nil else {
            throw TransportError.malformed("its endpoint \(endpoint.prefix(200)) is of another origin than \(stream), and is not used")
        }
        return url.absoluteString
    }

    private static func origin(of url: URL) -> [String?] {
        let scheme = url.scheme?.lowercased()
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        return [scheme, url.host?.lowercased(), "\(port)"]
    }
}

/// Posts messages to the endpoint that the server has named.
struct LegacySSESink: MessageSink {
    /// Of the call that is being sent: a sink is given the message alone.
    @TaskLocal static var headers: [(name: String, value: String)] = []

    let transport: HTTPClientTransport
    let url: String

    func write(_ message: [UInt8]) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: message))
        try await transport.postLegacy(request, headers: Self.headers)
    }
}

/// The endpoint that the first event of that name gives.
private final class FirstEndpoint: Sendable {
    private let results: AsyncStream<Result<String, any Error>>
    private let continuation: AsyncStream<Result<String, any Error>>.Continuation

    init() { (results, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1)) }

    /// The first result counts.
    func settle(_ result: Result<String, any Error>) { continuation.yield(result) }

    func value(within limits: HTTPClientLimits) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { [results] in
                for await result in results { return try result.get() }
                throw CancellationError()
            }
            group.addTask {
                try await limits.clock.sleep(for: limits.connectTimeout)
                throw TransportError.unreachable("the server's event stream named no endpoint within \(limits.connectTimeout)")
            }
            defer { group.cancelAll() }
            guard let endpoint = try await group.next() else { throw CancellationError() }
            return endpoint
        }
    }
}
