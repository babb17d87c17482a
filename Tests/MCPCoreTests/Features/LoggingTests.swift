import MCPCore
import Synchronization
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(1))) struct LoggingTests {
    private static func server(offersLogging: Bool = true) -> Server {
        Server("features", version: "1", configuration: ServerConfiguration(offersLogging: offersLogging)) {
            ServerTool(Tool(name: "talk")) { _, context in
                for level in LoggingLevel.allCases { try await context.log(level, ["said": .string(level.rawValue)], logger: "talk") }
                return CallToolResult(text: "said")
            }
        }
    }

    /// What a client hears of one call, after what `change` does.
    private func heard(
        _ revision: ProtocolRevision, level: LoggingLevel? = nil, _ change: (Client) async throws -> Void = { _ in }
    ) async throws -> [LogMessage] {
        let log = Mutex<[LogMessage]>([])
        try await withFeatures(of: Self.server(), revision) {
            $0.logLevel = level
            $0.onNotification = { notification in
                guard notification.method == "notifications/message", let message = try? LogMessage(json: .object(notification.params)) else { return }
                log.withLock { $0.append(message) }
            }
        } _: { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.logging)
            try await change(client)
            _ = try await client.callTool("talk")
        }
        return log.withLock(\.self)
    }

    @Test func aSessionHearsWhatItHasSetAndBeforeThatInformation() async throws {
        #expect(try await heard(.latestHandshake).map(\.level) == Array(LoggingLevel.allCases.dropFirst()))
        let messages = try await heard(.latestHandshake) { try await $0.setLogLevel(.error) }
        #expect(messages.map(\.level) == [.error, .critical, .alert, .emergency])
        #expect(messages.first == LogMessage(.error, logger: "talk", data: ["said": "error"]))
    }

    @Test func aRequestHearsWhatItAsksForAndElseNothing() async throws {
        #expect(try await heard(.latest).isEmpty)
        #expect(try await heard(.latest, level: .alert).map(\.level) == [.alert, .emergency])
        #expect(try await heard(.latest) { try await $0.setLogLevel(.emergency) }.map(\.level) == [.emergency])
    }

    /// A filter sees each message before it leaves, may change it, and keeps back what it gives nothing for.
    @Test(arguments: bothEras) func aFilterSeesEachMessage(_ revision: ProtocolRevision) async throws {
        let configuration = ServerConfiguration(
            offersLogging: true,
            logFilter: { message in
                guard message.logger != "private" else { return nil }
                var message = message
                if message.data["password"] != nil { message.data = ["password": "***"] }
                return message
            })
        let server = Server("filtered", version: "1", configuration: configuration) {
            ServerTool(Tool(name: "talk")) { _, context in
                try await context.log(.info, ["password": "hunter2"])
                try await context.log(.info, ["user": "ada"], logger: "private")
                try await context.log(.info, "plain")
                return CallToolResult(text: "said")
            }
        }
        let served = try await ServedRequest("tools/call", ["name": "talk"], at: server, Peer(revision: revision, logLevel: .debug))
        #expect(served.notifications.map { $0.params["data"] } == [["password": "***"], "plain"])
    }

    @Test func anUnknownLevelIsRefused() async throws {
        try await withFeatures(of: Self.server(), .latestHandshake, sendsInvalid: true) { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.request("logging/setLevel", ["level": "loud"]) }
            #expect(error?.code == .invalidParams)
        }
    }

    @Test func aServerThatOffersNoLogSendsNone() async throws {
        let log = Mutex(0)
        try await withFeatures(of: Self.server(offersLogging: false), .latestHandshake) {
            $0.onNotification = { _ in log.withLock { $0 += 1 } }
            $0.checksServerCapabilities = false
        } _: { (client: Client) async throws -> Void in
            #expect(!client.serverCapabilities.logging)
            let error = await #expect(throws: JSONRPCError.self) { try await client.setLogLevel(.debug) }
            #expect(error?.code == .methodNotFound)
            _ = try await client.callTool("talk")
        }
        #expect(log.withLock(\.self) == 0)
    }

    /// 2026-07-28, server/utilities/logging, "Per-request log level": log messages are of the request that set the level, and of no other stream.
    @Test func anOpenSubscriptionHearsNoLogMessages() async throws {
        let tape = MessageTape(.inProcess(Self.server()))
        let configuration = ClientConfiguration(era: .pinned(.latest), logLevel: .alert)
        try await withClient(ValidatedTransport(tape), configuration: configuration) { client in
            let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
            _ = try await client.callTool("talk")
            changes.cancel()
        }
        #expect(tape.received(in: "subscriptions/listen").map(\.method) == ["notifications/subscriptions/acknowledged"])
        // On a shared channel they belong to no subscription; over HTTP they come on the stream of the call (ClientServerTests).
        #expect(tape.general.count == 2)
        for case .notification(let message) in tape.general {
            #expect(message.method == "notifications/message" && message.params["_meta"]?[MetaKey.subscriptionID] == nil)
        }
    }
}
