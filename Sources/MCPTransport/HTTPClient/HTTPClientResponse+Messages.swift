import AsyncHTTPClient
import MCPCore
import NIOCore

extension HTTPClientTransport {
    /// - Parameter unreadable: Takes what is wrong with something that is no message.
    static func messages(in bytes: [UInt8], unreadable: (String) throws -> Void) rethrows -> [JSONRPCMessage] {
        // The opening event of a resumable stream has no data.
        if bytes.isEmpty { return [] }
        return try messages(in: bytes.withUnsafeBytes { JSONRPCInput(parsing: $0) }, unreadable: unreadable)
    }

    private static func messages(in input: JSONRPCInput, unreadable: (String) throws -> Void) rethrows -> [JSONRPCMessage] {
        switch input {
        case .message(let message): return [message]
        case .batch(let inputs): return try inputs.flatMap { try messages(in: $0, unreadable: unreadable) }
        case .invalid(let response):
            if case .failure(let error) = response.result { try unreadable(error.message) }
            return []
        }
    }
}

extension HTTPClientResponse {
    var isEventStream: Bool { headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") == true }

    /// The whole body.
    /// - Throws: `TransportError.limit` for a longer one.
    nonisolated(nonsending) func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                bytes.append(contentsOf: part.readableBytesView)
                guard bytes.count <= limit else { throw TransportError.limit("the answer is longer than \(limit) bytes") }
            }
        } catch let error as TransportError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw TransportError.closed("the answer was cut: \(error)")
        }
        try Task.checkCancellation()
        return bytes
    }
}
