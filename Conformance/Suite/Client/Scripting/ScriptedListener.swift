import MCPCore
import NIOCore
import NIOPosix
import Synchronization

/// The place where the client under test finds a scripted server: a free port of the loopback interface.
struct ScriptedListener: Sendable {
    var port: Int
    /// Gives the server to those who connect.
    fileprivate var assign: @Sendable (ClientRun, any ServerScript) -> Void

    /// The beginning of its URLs.
    var origin: String { "http://localhost:\(port)" }

    func serve(_ script: any ServerScript, _ run: ClientRun) { assign(run, script) }

    /// Listens while `body` runs.
    static func with<T: Sendable>(_ binding: Binding, _ body: @escaping @Sendable (ScriptedListener) async throws -> T) async throws -> T {
        switch binding {
        case .http: try await withHTTP(body)
        case .stdio: try await withLines(body)
        }
    }

    private static func withHTTP<T: Sendable>(_ body: @escaping @Sendable (ScriptedListener) async throws -> T) async throws -> T {
        try await LoopbackServer.with { port, handle in
            try await body(
                ScriptedListener(port: port) { run, script in
                    let server = ScriptedHTTPServer(run: run, script: script)
                    handle { try await server.respond(to: $0) }
                })
        }
    }

    private static func withLines<T: Sendable>(_ body: @escaping @Sendable (ScriptedListener) async throws -> T) async throws -> T {
        let server = Slot<ScriptedLineServer>()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try ScriptedLineServer.Connection(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await listener.executeThenClose { connections in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { relays in
                        for try await connection in connections {
                            // A connection that breaks is the scenario's matter.
                            relays.addTask { try? await server.value?.serve(connection) }
                        }
                    }
                }
                defer { group.cancelAll() }
                return try await body(
                    ScriptedListener(port: listener.channel.localAddress?.port ?? 0) { run, script in
                        server.value = ScriptedLineServer(run: run, script: script)
                    })
            }
        }
    }

    /// What is known only once the port is.
    private final class Slot<Value: Sendable>: Sendable {
        private let stored = Mutex<Value?>(nil)

        var value: Value? {
            get { stored.withLock { $0 } }
            set { stored.withLock { $0 = newValue } }
        }
    }
}
