import Foundation
import MCPCore
import MCPStdio
import StdioFixtures
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

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

    /// They are not broken off, so that the client need not wonder.
    @Test func aServerThatIsStoppedEndsSubscriptionsWithTheirResponses() async throws {
        try await Self.withPath { path in
            let (listening, listen) = AsyncStream.makeStream(of: Void.self)
            // The time that the client has for the last response does not pass.
            let clock = StandingClock()
            var environment = ServerEnvironment.system
            environment.sleep = { try await clock.sleep(for: $0) }
            let server = FixtureServer.make(environment: environment)
            let serving = Task { try await server.serve(UnixSocketServerTransport(path: path, onListening: { listen.yield() })) }
            for await _ in listening { break }
            try await withClient(ValidatedTransport(Self.client(path))) { (client: Client) async throws -> Void in
                let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
                serving.cancel()
                var iterator = changes.makeAsyncIterator()
                #expect(try await iterator.next() == nil)
            }
            _ = await serving.result
        }
    }

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

    /// Not refused because the server is about to listen.
    @Test func whoSeesTheSocketCanConnect() async throws {
        try await Self.withPath { path in
            for _ in 0..<50 {
                let serving = Task { try await FixtureServer.make().serve(.unixSocket(path: path)) }
                while !FileManager.default.fileExists(atPath: path) { await Task.yield() }
                try await withClient(Self.client(path)) { try await $0.ping() }
                let files = try FileManager.default.contentsOfDirectory(atPath: URL(filePath: path).deletingLastPathComponent().path)
                #expect(files.sorted() == ["server.sock", "server.sock.lock"])
                serving.cancel()
                _ = await serving.result
            }
        }
    }

    @Test func thePathMayBeAsLongAsTheSystemTakes() async throws {
        try await Self.withPath { path in
            // One byte is left for the end.
            let longest = path.padding(toLength: MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1, withPad: "x", startingAt: 0)
            try await Self.serving(longest) { try await withClient(Self.client(longest)) { try await $0.ping() } }
        }
    }

    /// The name that the socket has first may be somebody else's, or be left behind.
    @Test func theNameBesideThePathIsTakenFromNobody() async throws {
        try await Self.withPath { path in
            let beside = path + ".new"
            try await Self.serving(beside) {
                try await Self.serving(path) {
                    for path in [path, beside] { try await withClient(Self.client(path)) { try await $0.ping() } }
                }
            }
            try Data("mine".utf8).write(to: URL(filePath: beside))
            try await Self.serving(path) { try await withClient(Self.client(path)) { try await $0.ping() } }
            #expect(try String(contentsOfFile: beside, encoding: .utf8) == "mine")
            try FileManager.default.removeItem(atPath: beside)
            try Self.leaveSocketBehind(at: beside)
            try await Self.serving(path) { #expect(!FileManager.default.fileExists(atPath: beside)) }
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

    // MARK: Bytes

    /// Runs a script that knows nothing of this SDK at the other end.
    private static func script(_ source: String, _ arguments: [String]) async throws -> (output: Data, status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", source] + arguments
        let output = FileManager.default.temporaryDirectory.appending(path: "mcp-\(UUID().uuidString)")
        #expect(FileManager.default.createFile(atPath: output.path, contents: nil))
        defer { try? FileManager.default.removeItem(at: output) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        let status = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return (try Data(contentsOf: output), status)
    }

    /// The lines of what was written: each ended by one newline, none empty, nothing else.
    private static func lines(_ data: Data) throws -> [JSONValue] {
        #expect(data.last == 0x0A)
        #expect(!data.contains(0x0D))
        return try data.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false).map { line in try JSONValue(parsing: Array(line)) }
    }

    /// Sends its arguments as lines, closes its end, and prints what comes.
    private static let rawClient = """
        import socket, sys
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        for line in sys.argv[2:]: s.sendall(line.encode() + b"\\n")
        s.shutdown(socket.SHUT_WR)
        while chunk := s.recv(65536): sys.stdout.buffer.write(chunk)
        """

    @Test func theServerWritesLines() async throws {
        try await Self.withPath { path in
            let (output, status) = try await Self.serving(path) {
                let meta =
                    #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"progressToken":7}"#
                return try await Self.script(
                    Self.rawClient,
                    [
                        path, #"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{\#(meta)}}"#,
                        #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{\#(meta),"name":"echo","arguments":{"text":"a\nb é"}}}"#,
                        #"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{\#(meta),"name":"count","arguments":{"character":"x","count":3}}}"#,
                        "no JSON",
                    ])
            }
            #expect(status == 0)
            let messages = try Self.lines(output)
            #expect(messages.count == 7)
            var schema = MessageSchema(revision: "2026-07-28")
            for (id, method) in [(1, "server/discover"), (2, "tools/call"), (3, "tools/call")] as [(JSONValue, JSONValue)] {
                _ = try schema.check(["jsonrpc": "2.0", "id": id, "method": method, "params": [:]], from: .client)
            }
            if SpecificationSchema.isExpected {
                for message in messages { #expect(try schema.check(message, from: .server).isEmpty, "\(message.serializedString)") }
            }
            #expect(Set(messages.compactMap { $0["id"]?.integer }) == [1, 2, 3])
            #expect(messages.first { $0["id"] == 2 }?["result"]?["content"]?[0]?["text"] == "a\nb é")
            #expect(messages.filter { $0["method"] == "notifications/progress" }.map { $0["params"]?["progress"] } == [1, 2, 3])
            #expect(messages.contains { $0["error"]?["code"] == -32700 })
        }
    }

    /// Answers lines, in pieces, and prints what came.
    private static let rawServer = """
        import json, os, socket, sys
        l = socket.socket(socket.AF_UNIX)
        l.bind(sys.argv[1])
        l.listen()
        c, _ = l.accept()
        for line in c.makefile("rb"):
            sys.stdout.buffer.write(line)
            message = json.loads(line)
            if "id" not in message: continue
            meta = {"io.modelcontextprotocol/serverInfo": {"name": "raw", "version": "1"}}
            result = {"resultType": "complete", "_meta": meta, "content": [{"type": "text", "text": "hi"}]}
            if message["method"] == "server/discover":
                result = {"resultType": "complete", "_meta": meta, "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, "ttlMs": 0, "cacheScope": "private"}
            answer = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode() + b"\\n"
            c.sendall(answer[:10])
            c.sendall(answer[10:])
        """

    @Test func theClientWritesLines() async throws {
        try await Self.withPath { path in
            async let server = Self.script(Self.rawServer, [path])
            let configuration = ClientConfiguration(era: .pinned(.v2026_07_28))
            while true {
                // The script has a moment to begin, also where there is one core for everything.
                guard let client = try? await Client.connect(Self.client(path), configuration: configuration) else {
                    await Task.yield()
                    continue
                }
                #expect(try await client.callTool("greet", ["name": "a\nb é"]).text == "hi")
                await client.close()
                break
            }
            let (output, status) = try await server
            #expect(status == 0)
            let messages = try Self.lines(output)
            var schema = MessageSchema(revision: "2026-07-28")
            if SpecificationSchema.isExpected {
                for message in messages { #expect(try schema.check(message, from: .client).isEmpty, "\(message.serializedString)") }
            }
            let call = try #require(messages.last { $0["method"] == "tools/call" })
            #expect(call["params"]?["arguments"] == ["name": "a\nb é"])
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
