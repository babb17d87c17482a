import Foundation
import MCPTransport
import Testing

@testable import Orchestrator

/// Servers that die under the host, and what the reader is told.
@Suite(.timeLimit(.minutes(2))) struct MCPHostRecoveryTests {
    @Test func aKilledServerIsShownAndComesBackByItself() async throws {
        let server = try GatedServer("gated")
        try await MCPHost.running([server.entry, ServerPrograms.fixture("near")]) { host in
            await host.allReady()
            let (first, tools) = (try server.process(), await host.health()[0].tools)
            #expect(tools.contains("echo"))
            // It cannot come back before the gate opens, so that its absence is seen for certain.
            try server.close()
            try server.kill()
            let down = try #require(await host.health { $0[0].state == .down })
            #expect(down[1].state == .ready)
            #expect(down[0].failure?.what == "The server “gated” is not connected." && down[0].failure?.why.isEmpty == false)
            #expect(down[0].failure?.whatNow.contains("tried again by itself") == true)
            // What is missing is said; it cannot be called.
            #expect(down[0].tools == tools)
            #expect(await host.tools().allSatisfy { $0.id.server == "near" })
            await #expect {
                try await host.text("gated", "echo", ["text": "?"])
            } throws: { error in
                guard case ToolCallFailure.serverDown("gated", _) = error else { return false }
                return true
            }
            #expect(try await host.text("near", "echo", ["text": "here"]) == "here")
            server.open()
            let back = try #require(await host.health { $0[0].state == .ready })
            #expect(back[0].failure == nil && back[0].tools == tools)
            #expect(try server.process() != first)
            #expect(try await host.text("gated", "echo", ["text": "again"]) == "again")
        }
    }

    @Test func aCallThatRunsWhenTheServerDiesSaysThatItsEffectIsUnknown() async throws {
        let server = try GatedServer("gated")
        try await MCPHost.running([server.entry]) { host in
            await host.allReady()
            let recorder = CallRecorder(onProgress: { _ in try? server.kill() })
            await #expect {
                try await host.text("gated", "wait", ["text": "x"], observer: recorder)
            } throws: { error in
                guard case ToolCallFailure.connectionLost("gated", let why) = error else { return false }
                return !why.isEmpty && "\(error)".contains("The connection to “gated” broke during the call.")
                    && "\(error)".contains("Whether the call took effect is not known: check before repeating it.")
            }
            #expect(recorder.progress.count == 1)
        }
    }

    @Test func aServerThatDiesWhileItAsksSaysTheSame() async throws {
        let server = try GatedServer("gated")
        try await MCPHost.running([server.entry]) { host in
            await host.allReady()
            let recorder = CallRecorder(answer: { _ in
                try? server.kill()
                return .accept(content: ["text": "too late"])
            })
            await #expect {
                try await host.text("gated", "ask_twice", ["text": "x"], observer: recorder)
            } throws: { error in
                guard case ToolCallFailure.connectionLost("gated", _) = error else { return false }
                return true
            }
        }
    }

    @Test func theWordsOfADyingServerReachTheReader() async throws {
        let entry = ServerEntry(
            name: "loud",
            place: .process(command: "/bin/sh", arguments: ["-c", "echo 'no licence found' >&2; exit 3"], environment: [:], workingDirectory: nil),
            isTrusted: false)
        try await MCPHost.running([entry]) { host in
            let health = try #require(await host.health { $0[0].state == .down })
            #expect(health[0].failure?.why.contains("no licence found") == true)
        }
    }

    /// Programs and endpoints quote what they were given; the page must not.
    @Test func valuesOfEnvironmentAndHeadersAreTakenOutOfFailures() async throws {
        let loud = ServerEntry(
            name: "loud",
            place: .process(
                command: "/bin/sh", arguments: ["-c", "echo \"bad token $TOKEN\" >&2; exit 3"], environment: ["TOKEN": "tok-0123456789"],
                workingDirectory: nil), isTrusted: false)
        let broken = ServerEntry(
            name: "broken", place: .http(url: "http://127.0.0.1:1/mcp", headers: ["Authorization": "Bearer tok-0123456789\nX: y"]), isTrusted: false)
        try await FakeEndpoint.serving { request, line in
            try await line.answer(401, ["error": .string("bad token \(request.headers["authorization"] ?? "")")])
        } _: { endpoint in
            let far = ServerEntry(
                name: "far", place: .http(url: endpoint.address, headers: ["Authorization": "Bearer tok-0123456789"]), isTrusted: false)
            try await MCPHost.running([loud, broken, far]) { host in
                let health = try #require(await host.health { $0.allSatisfy { $0.state == .down } })
                for server in health { #expect(!"\(String(describing: server.failure))".contains("0123456789")) }
                #expect(health[0].failure?.why.contains("bad token …") == true)
                #expect(endpoint.requests.first?.headers["authorization"] == "Bearer tok-0123456789")
            }
        }
    }

    /// Nor may it show what stands in arguments and addresses.
    @Test func valuesOfVariablesAreTakenOutOfFailures() async throws {
        let file = """
            {"mcpServers": {
                "loud": {"command": "/bin/sh", "args": ["-c", "echo bad key $1 >&2; exit 3", "sh", "${KEY}"]},
                "gone": {"command": "/no/such/${KEY}"},
                "far": {"url": "http://me:${KEY}@127.0.0.1:1/mcp?key=${KEY}"}}}
            """
        let servers = try ServerList(json: try JSONValue(parsing: file), environment: ["KEY": "tok-0123456789"]).servers
        try await MCPHost.running(servers) { host in
            let health = try #require(await host.health { $0.allSatisfy { $0.state == .down } })
            for server in health { #expect(!"\(String(describing: server.failure))".contains("0123456789")) }
            #expect(health[0].failure?.why.contains("bad key …") == true)
            #expect(health[1].failure?.whatNow.contains("/no/such/…") == true)
            #expect(health[2].failure?.whatNow.contains("that http://127.0.0.1:1/mcp can be reached") == true)
        }
    }

    @Test func endingTheHostEndsItsProcessesAndItsStreams() async throws {
        let server = try GatedServer("gated")
        let (process, changes) = try await MCPHost.running([server.entry]) { host in
            await host.allReady()
            return (try server.process(), await host.healthChanges())
        }
        #expect(!GatedServer.exists(process))
        var last: [ServerHealth]?
        for await health in changes { last = health }
        #expect(last != nil)
    }
}
