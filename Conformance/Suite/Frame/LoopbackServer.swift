import Hummingbird
import Logging
import Synchronization

/// An HTTP server on a port of the loopback interface.
enum LoopbackServer {
    typealias Handler = @Sendable (Request) async throws -> Response

    /// Serves while `body` runs. Until the handler is given, requests are answered with 503.
    /// - Parameters:
    ///   - port: 0 for a free one.
    ///   - body: Gets the port, and what takes the handler.
    /// - Throws: where the port cannot be had; what `body` throws.
    static func with<T: Sendable>(
        port: Int = 0, _ body: @escaping @Sendable (_ port: Int, _ handle: @escaping @Sendable (@escaping Handler) -> Void) async throws -> T
    ) async throws -> T {
        let handler = Slot()
        let (ports, found) = AsyncStream<Int>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { found.finish() }
                try await serve(port, handler, onListening: { found.yield($0) })
            }
            var port: Int?
            for await first in ports {
                port = first
                break
            }
            guard let port else {
                try await group.next()
                throw Ended()
            }
            defer { group.cancelAll() }
            return try await body(port) { handler.value = $0 }
        }
    }

    private static func serve(_ port: Int, _ handler: Slot, onListening: @escaping @Sendable (Int) -> Void) async throws {
        let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
            guard let handler = handler.value else { return Response(status: .serviceUnavailable) }
            return try await handler(request)
        }
        var logger = Logger(label: "mcp-conformance.server")
        logger.logLevel = .critical
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger)
        try await application.run()
    }

    private struct Ended: Error {}

    /// What is known only once the port is.
    private final class Slot: Sendable {
        private let stored = Mutex<Handler?>(nil)

        var value: Handler? {
            get { stored.withLock { $0 } }
            set { stored.withLock { $0 = newValue } }
        }
    }
}
