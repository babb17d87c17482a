import Foundation
import MCPCore
import MCPStdio
import StdioFixtures
import TestSupport
import Testing

/// The framing of stdio over a socket in the file system.
@Suite(.timeLimit(.minutes(2))) struct UnixSocketTests {
    /// A path in a directory of its own, which is removed at the end.
    private static func withPath<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appending(path: "mcp-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory.appending(path: "server.sock").path)
    }

    /// Serves while `body` runs.
    private static func serving<Value: Sendable>(
        _ path: String, maximumConnections: Int = 64, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (listening, listen) = AsyncStream.makeStream(of: Void.self)
        let transport = UnixSocketServerTransport(path: path, maximumConnections: maximumConnections, onListening: { listen.yield() })
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await FixtureServer.make().serve(transport)
                return nil
            }
            group.addTask {
                for await _ in listening { return try await body() }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }

    private static func client(_ path: String) -> StreamClientTransport { .unixSocket(path: path) }

    @Test(arguments: Era.allCases) func severalClientsAreServedAtOnce(_ era: Era) async throws {
        try await Self.withPath { path in
            try await Self.serving(path) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            let configuration = ClientConfiguration(era: era.selection)
                            try await withClient(ValidatedTransport(Self.client(path)), configuration: configuration) { client in
                                for round in 0..<10 {
                                    let message = "\(number)-\(round)"
                                    let text = try await client.callTool("echo", ["text": .string(message)]).text
                                    #expect(text == message)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func largeMessagesPassInBothDirections() async throws {
        try await Self.withPath { path in
            try await Self.serving(path) {
                try await withClient(Self.client(path)) { client in
                    let text = String(repeating: "é", count: 1_000_000)
                    let echo = try await client.callTool("echo", ["text": .string(text)]).text
                    #expect(echo == text)
                }
            }
        }
    }

    @Test func onlyThisUserMayConnectAndTheSocketIsRemoved() async throws {
        try await Self.withPath { path in
            try await Self.serving(path) {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                #expect(attributes[.type] as? FileAttributeType == .typeSocket)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aSocketThatWasLeftBehindIsTakenOver() async throws {
        try await Self.withPath { path in
            try Self.leaveSocketBehind(at: path)
            #expect(FileManager.default.fileExists(atPath: path))
            try await Self.serving(path) { try await withClient(Self.client(path)) { try await $0.ping() } }
        }
    }

    /// Binds a socket, and closes it without removing it, as a server that is killed does.
    private static func leaveSocketBehind(at path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()", path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func aSecondServerAndAFileThatIsNoSocketAreNamed() async throws {
        try await Self.withPath { path in
            try await Self.serving(path) {
                let error = await #expect(throws: UnixSocketError.self) { try await FixtureServer.make().serve(.unixSocket(path: path)) }
                #expect(error?.description.contains("in use") == true)
                // The first one goes on.
                try await withClient(Self.client(path)) { try await $0.ping() }
            }
            try Data("mine".utf8).write(to: URL(filePath: path))
            await #expect(throws: UnixSocketError.self) { try await FixtureServer.make().serve(.unixSocket(path: path)) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        }
    }

    @Test func pathsThatCannotBeAreNamed() async throws {
        try await Self.withPath { path in
            let long = path + String(repeating: "x", count: 120)
            for (path, word) in [(long, "too long"), ("/no/such/directory/s", "does not exist")] {
                let error = await #expect(throws: UnixSocketError.self) { try await FixtureServer.make().serve(.unixSocket(path: path)) }
                #expect(error?.description.contains(word) == true, "\(String(describing: error))")
            }
            let missing = try #require(await #expect(throws: TransportError.self) { _ = try await Client.connect(Self.client(path)) })
            #expect("\(missing)".contains("Is the server running?"))
            await #expect(throws: TransportError.self) { _ = try await Client.connect(Self.client(long)) }
        }
    }

    @Test func connectionsAreLimitedAndAPlaceIsFreeAgain() async throws {
        try await Self.withPath { path in
            try await Self.serving(path, maximumConnections: 1) {
                let configuration = ClientConfiguration(era: .handshake)
                let first = try await Client.connect(Self.client(path), configuration: configuration)
                await #expect(throws: (any Error).self) { _ = try await Client.connect(Self.client(path), configuration: configuration) }
                try await first.ping()
                await first.close()
                // The server has a moment to see that the place is free.
                while true {
                    guard let next = try? await Client.connect(Self.client(path), configuration: configuration) else { continue }
                    await next.close()
                    break
                }
            }
        }
    }

    @Test func theEndOfTheServerIsTheEndOfTheConnection() async throws {
        try await Self.withPath { path in
            let client = try await Self.serving(path) { try await Client.connect(Self.client(path), configuration: ClientConfiguration(era: .handshake)) }
            #expect("\(String(describing: await client.waitUntilEnd()))".contains("closed the socket"))
            await #expect(throws: TransportError.self) { try await client.ping() }
            await client.close()
        }
    }
}
