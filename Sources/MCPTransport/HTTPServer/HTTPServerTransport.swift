import HTTPTypes
import HummingbirdCore
import Logging
import MCPCore
import MCPHTTP
import MCPWorkers
import NIOCore
import NIOPosix
import ServiceLifecycle

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Serves an MCP server over Streamable HTTP with a listener of its own.
public struct HTTPServerTransport: ServerTransport {
    /// The address to listen on; loopback by default.
    public var host: String
    /// 0 for any free port.
    public var port: Int
    /// The path of the MCP endpoint.
    public var path: String
    /// The paths of the HTTP+SSE transport of 2024-11-05, if the configuration serves it: the event stream, and where messages are posted to.
    public var legacyPaths = (stream: "/sse", messages: "/messages")
    public var configuration: HTTPHandlerConfiguration
    /// How long clients may take to read the responses of their subscriptions once the task has been cancelled, and, where HTTP+SSE is served, how long the
    /// answers to what its sessions were asked before, and their readers, may take. New sessions of HTTP+SSE are refused meanwhile.
    public var gracePeriod = Duration.seconds(2)
    /// The most connections; further ones are closed at once.
    public var maximumConnections: Int
    /// After how long a connection is closed on which no request comes, or on which a body comes too slowly.
    public var idleTimeout: Duration
    /// After how long a connection is closed whose client takes nothing of what is written to it, comments on silent event streams included. A session of the
    /// handshake era goes on without it, and its stream can be taken up again.
    public var writeTimeout: Duration
    public var logger: Logger
    /// Called with the URL of the endpoint once it can be reached.
    public var onListening: @Sendable (String) -> Void

    public init(
        host: String = "127.0.0.1", port: Int, path: String = "/mcp", configuration: HTTPHandlerConfiguration = .init(),
        maximumConnections: Int = 10_000, idleTimeout: Duration = .seconds(120), writeTimeout: Duration = .seconds(60),
        logger: Logger = Logger(label: "mcp.http"), onListening: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.path = path
        self.configuration = configuration
        self.maximumConnections = maximumConnections
        self.idleTimeout = idleTimeout
        self.writeTimeout = writeTimeout
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the task is cancelled. Then subscriptions end with their responses, sessions after them, and connections at last.
    /// - Throws: `ListeningError` where the address cannot be listened on.
    nonisolated(nonsending) public func serve(_ server: MCPCore.Server) async throws {
        if !Self.loopback.contains(host), configuration.requestStates == nil {
            logger.warning(
                "No key for requestState is configured: calls that wait for an answer do not survive a restart, and replicas cannot share them"
            )
        }
        let responder = try MCPResponder(server, configuration: configuration, legacyMessagePath: legacyPaths.messages)
        let (path, legacyPaths, host, onListening, authorization) = (path, legacyPaths, host, onListening, configuration.authorization)
        // What checks tokens computes, and what has an extension that answers before a handler ends leaves that to go on.
        let eventLoopTime = authorization == nil && !server.kernel.mayAnswerEarly ? configuration.eventLoopTime : .zero
        let endpoint = HTTPEndpoint(
            maximumBodyBytes: configuration.maximumBodyBytes, bodies: responder.handler.bodies,
            eventLoopTime: { head, bodyBytes in
                eventLoopTime > .zero && head.method == .post && bodyBytes <= Self.maximumBodyBytesOnEventLoop ? eventLoopTime : nil
            }
        ) { head, body, elsewhere, respond in
            if head.method == .get, let authorization,
                let document = authorization.document(at: String((head.path ?? "").prefix { $0 != "?" }))
            {
                return respond(document)
            }
            if Self.isPath(path, of: head) { return await responder.handler.serve(head, body: body, elsewhere: elsewhere, respond: respond) }
            guard let legacy = responder.legacy else { return respond(Self.notFound(path)) }
            if Self.isPath(legacyPaths.stream, of: head) { return respond(await legacy.open(head)) }
            if Self.isPath(legacyPaths.messages, of: head) { return respond(await legacy.post(head, body: body)) }
            respond(Self.notFound(path))
        }
        // The listener alone: a Hummingbird application would also write the date anew each second, and an idle server never sleep.
        let connections = MCPHTTP1Channel(
            endpoint: endpoint, connections: ConnectionCount(limit: maximumConnections), idleTimeout: idleTimeout, writeTimeout: writeTimeout)
        let listener = connections.server(
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                onListening("http://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)")
            }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        let services = ServiceGroup(configuration: .init(services: [listener], logger: logger))
        defer { responder.shutdown() }
        let ends: @Sendable () async -> Void = { [gracePeriod] in await responder.shutdown(within: gracePeriod) }
        do {
            try await WorkerPool.run { try await Self.run(services, endingWith: ends) }
        } catch let error as IOError {
            throw ListeningError(host: host, port: port, reason: error)
        }
    }

    /// Runs the listener, and gives what it serves an end before it closes the connections.
    private static func run(_ services: ServiceGroup, endingWith ends: @escaping @Sendable () async -> Void) async throws {
        // Unstructured, because it is cancelled later than this task, which waits for it.
        let running = Task(executorPreference: CurrentExecutor.preference) { try await services.run() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await running.value
            } onGracefulShutdown: {
                // The listener takes no more connections, and is over when the last has ended.
                Task { await ends() }
            }
        } onCancel: {
            Task {
                await ends()
                running.cancel()
            }
        }
    }

    /// Parsing more takes long itself.
    private static let maximumBodyBytesOnEventLoop = 16 << 10

    static let loopback: Set<String> = ["127.0.0.1", "localhost", "::1"]

    /// Whether a request is for that path, whatever its query.
    private static func isPath(_ path: String, of head: HTTPRequest) -> Bool {
        guard let target = head.path else { return false }
        return target == path || (target.hasPrefix(path) && target.utf8.dropFirst(path.utf8.count).first == UInt8(ascii: "?"))
    }

    private static func notFound(_ path: String) -> HTTPAnswer {
        HTTPAnswer(
            status: .notFound, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .bytes(Array("Nothing is here; the MCP endpoint is \(path)\n".utf8)))
    }
}

/// An address cannot be listened on.
public struct ListeningError: Error, CustomStringConvertible {
    public var host: String
    public var port: Int
    var reason: IOError

    public var description: String {
        switch reason.errnoCode {
        case EADDRINUSE:
            "Port \(port) on \(host) is in use: stop the program that listens there, or choose another port (0 takes a free one)"
        case EACCES: "Port \(port) may not be listened on by this user: choose one above 1023"
        case EADDRNOTAVAIL: "\(host) is no address of this machine"
        default: "Cannot listen on \(host):\(port): \(reason)"
        }
    }
}

extension ServerTransport where Self == HTTPServerTransport {
    /// Streamable HTTP on loopback, at `/mcp`.
    public static func http(port: Int) -> HTTPServerTransport { HTTPServerTransport(port: port) }

    /// Streamable HTTP.
    public static func http(
        host: String = "127.0.0.1", port: Int, path: String = "/mcp", configuration: HTTPHandlerConfiguration = .init(),
        onListening: @escaping @Sendable (String) -> Void = { _ in }
    ) -> HTTPServerTransport {
        HTTPServerTransport(host: host, port: port, path: path, configuration: configuration, onListening: onListening)
    }
}
