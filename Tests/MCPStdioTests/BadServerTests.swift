import Foundation
import MCPCore
import Testing

@testable import MCPStdio

/// Servers that are real processes and do what they must not.
@Suite(.timeLimit(.minutes(2))) struct BadServerTests {
    /// A server of the handshake era in Python; `trick` runs before each message `m` is looked at.
    private static func python(_ trick: String = "pass", before: String = "pass") -> StdioClientTransport {
        let program = """
            import sys, json, os, time, signal
            def send(o): sys.stdout.write(json.dumps(o) + "\\n"); sys.stdout.flush()
            \(before)
            for line in sys.stdin:
                m = json.loads(line)
                \(trick)
                if m.get("method") == "initialize":
                    send({"jsonrpc": "2.0", "id": m["id"], "result": {
                        "protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "py", "version": "1"}}})
                elif m.get("method") == "tools/call":
                    send({"jsonrpc": "2.0", "id": m["id"], "result": {"content": [{"type": "text", "text": m["params"]["name"]}]}})
                elif m.get("method") == "ping":
                    send({"jsonrpc": "2.0", "id": m["id"], "result": {}})
                elif "id" in m:
                    send({"jsonrpc": "2.0", "id": m["id"], "error": {"code": -32601, "message": "what?"}})
            """
        return StdioClientTransport(command: "python3", arguments: ["-u", "-c", program], gracePeriod: .milliseconds(300), patience: .long)
    }

    private static func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 }

    @Test func aServerThatExitsOnTheProbeGetsInitialize() async throws {
        try await withClient(Self.python("if m['method'] == 'server/discover': sys.exit(3)")) { client in
            #expect(client.revision == .v2025_06_18)
            let text = try await client.callTool("hello").text
            #expect(text == "hello")
        }
    }

    @Test func aServerThatNeverAnswersTheProbeGetsInitializeOnTheSameProcess() async throws {
        let transport = Self.python("if m['method'] == 'server/discover': continue", before: "sys.stderr.write('start\\n')")
        try await withClient(transport, configuration: ClientConfiguration(probeTimeout: .seconds(1))) { client in
            #expect(client.revision == .v2025_06_18)
            try await client.ping()
        }
        #expect(transport.standardError == "start\n")
    }

    @Test func aLateAnswerToTheProbeIsIgnored() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let transport = Self.python(
            """
            if m['method'] == 'server/discover': probe = m['id']; continue
                if m['method'] == 'ping': send({"jsonrpc": "2.0", "id": probe, "result": {"supportedVersions": ["2026-07-28"]}})
            """)
        let configuration = ClientConfiguration(probeTimeout: .seconds(1), diagnostics: diagnostics.add)
        try await withClient(transport, configuration: configuration) { client in
            try await client.ping()
            #expect(client.revision == .v2025_06_18)
            let text = try await client.callTool("after").text
            #expect(text == "after")
        }
        #expect(diagnostics.all.contains { if case .unexpectedResponse(id: 1) = $0 { true } else { false } })
    }

    @Test func aServerThatDiesAtTheStartSaysWhy() async throws {
        let transport = StdioClientTransport(command: "/bin/sh", arguments: ["-c", "echo 'no database at /x' >&2; exit 7"], patience: .long)
        let error = try #require(await #expect(throws: ClientError.self) { _ = try await Client.connect(transport) })
        #expect("\(error)".contains("status 7") && "\(error)".contains("no database at /x"))
    }

    /// Processor time is counted, not elapsed time.
    @Test func aServerThatHasDiedCostsNothing() async throws {
        let client = try await Client.connect(Self.python("if m.get('method') == 'tools/call': sys.exit(3)"))
        _ = try? await client.callTool("die")
        let before = clock()
        try await Task.sleep(for: .milliseconds(500))
        let spent = Double(clock() - before) / Double(CLOCKS_PER_SEC)
        await client.close()
        #expect(spent < 0.25, "\(spent) s of processor time in half a second")
    }

    @Test func aProgramThatDoesNotExistIsNamed() async throws {
        let error = try #require(await #expect(throws: (any Error).self) { _ = try await Client.connect(.stdio("no-such-server-anywhere")) })
        #expect("\(error)".contains("no-such-server-anywhere") && "\(error)".contains("PATH"))
    }

    @Test func aWorkingDirectoryThatDoesNotExistIsNamed() async throws {
        let error = try #require(
            await #expect(throws: (any Error).self) { _ = try await Client.connect(.stdio("/bin/cat", workingDirectory: "/no/such/place")) })
        #expect("\(error)".contains("/no/such/place"))
    }

    @Test func theWorkingDirectoryIsTheServers() async throws {
        let transport = StdioClientTransport(command: "/bin/sh", arguments: ["-c", "pwd >&2; exit 1"], workingDirectory: "/usr")
        await #expect(throws: (any Error).self) { _ = try await Client.connect(transport) }
        #expect(transport.standardError.contains("/usr\n"))
    }

    @Test func garbageIsReportedAndSkipped() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let transport = Self.python(
            "print('Starting up...'); print('{\"jsonrpc\":'); print('[1,2]'); sys.stdout.flush(); sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()"
        )
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake, diagnostics: diagnostics.add)) { client in
            let text = try await client.callTool("clean").text
            #expect(text == "clean")
        }
        let excerpts = diagnostics.all.compactMap { if case .malformed(_, let excerpt) = $0 { excerpt } else { nil } }
        #expect(excerpts.contains("Starting up...") && excerpts.contains("{\"jsonrpc\":"))
    }

    @Test func responsesThatNobodyAskedForAreIgnored() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let transport = Self.python(
            """
            if m.get('method') == 'tools/call':
                    send({'jsonrpc': '2.0', 'id': m['id'], 'result': {'content': [{'type': 'text', 'text': 'first'}]}})
                    send({'jsonrpc': '2.0', 'id': 'x', 'result': {}})
            """)
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake, diagnostics: diagnostics.add)) { client in
            let text = try await client.callTool("second").text
            #expect(text == "first")
            try await client.ping()
        }
        #expect(diagnostics.all.count { if case .unexpectedResponse = $0 { true } else { false } } == 2)
    }

    @Test func aFloodOnStandardErrorBlocksNothing() async throws {
        let transport = Self.python("sys.stderr.write(('x' * 99 + '\\n') * 20000); sys.stderr.write('last words\\n')")
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake)) { client in
            let text = try await client.callTool("done").text
            #expect(text == "done")
        }
        #expect(transport.standardError.utf8.count <= 64 << 10)
        #expect(transport.standardError.hasSuffix("last words\n"))
    }

    @Test func aServerThatDiesInACallFailsTheCallAndSaysWhy() async throws {
        let transport = Self.python(
            "if m.get('method') == 'tools/call': sys.stderr.write('out of luck\\n'); sys.stderr.flush(); os.kill(os.getpid(), 9)")
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake)) { client in
            let error = try #require(await #expect(throws: TransportError.self) { _ = try await client.callTool("t") })
            #expect("\(error)".contains("signal 9") && "\(error)".contains("out of luck"))
            #expect(await client.waitUntilEnd() == error)
            await #expect(throws: error) { try await client.ping() }
        }
    }

    @Test func aServerThatIgnoresTheEndOfItsInputIsEnded() async throws {
        let transport = Self.python(
            before: """
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if os.fork() == 0: time.sleep(600)
                import atexit; atexit.register(lambda: time.sleep(600))
                """)
        let client = try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake))
        let process = try #require(transport.processID)
        #expect(Self.isAlive(process))
        await client.close()
        #expect(!Self.isAlive(process))
        // The child that it left behind in its group, which has been killed with it, comes to its end too.
        while kill(-process, SIGCONT) == 0, !Self.hasEnded(group: process) { await Task.yield() }
    }

    /// Whether all that is left of a group are zombies that a new parent has yet to collect.
    private static func hasEnded(group: Int32) -> Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap(Int32.init).allSatisfy { process in
            guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
                let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 2, Int32(fields[2]) == group
            else { return true }
            return ["Z", "X"].contains(fields[0])
        }
    }

    @Test func cancellingTheBodyStillEndsTheProcess() async throws {
        let transport = Self.python()
        let (connected, connect) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await withClient(transport, configuration: ClientConfiguration(era: .handshake)) { _ in
                connect.yield()
                try await Task.sleep(for: .seconds(600))
            }
        }
        for await _ in connected { break }
        let process = try #require(transport.processID)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!Self.isAlive(process))
    }

    @Test func aLineThatIsTooLongIsDroppedAndTheNextIsRead() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let transport = Self.python("if m.get('method') == 'tools/call': sys.stdout.write('\"' + 'x' * 100_000_000 + '\"\\n')")
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake, diagnostics: diagnostics.add)) { client in
            let text = try await client.callTool("after").text
            #expect(text == "after")
        }
        #expect(diagnostics.all.contains(.messageTooLong(limit: 16 << 20)))
    }

    @Test func secretsOfTheEnvironmentDoNotReachTheServer() async throws {
        setenv("FIXTURE_SECRET", "hidden", 1)
        let show = ["-c", "printenv FIXTURE_SECRET >&2; printenv GIVEN >&2; printenv PATH >&2; exit 1"]
        let minimal = StdioClientTransport(command: "/bin/sh", arguments: show, environment: ["GIVEN": "shown"])
        await #expect(throws: (any Error).self) { _ = try await Client.connect(minimal, configuration: ClientConfiguration(era: .handshake)) }
        #expect(!minimal.standardError.contains("hidden"))
        #expect(minimal.standardError.contains("shown") && minimal.standardError.contains("/"))
        let inherited = StdioClientTransport(command: "/bin/sh", arguments: show, inheriting: .inherited)
        await #expect(throws: (any Error).self) { _ = try await Client.connect(inherited, configuration: ClientConfiguration(era: .handshake)) }
        #expect(inherited.standardError.contains("hidden"))
    }
}
