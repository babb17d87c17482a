import ConformanceMutants
import ConformanceSuite
import Foundation
import MCPCore
import Testing

/// The suite finds faults: for each mutant of the fixture server exactly the scenarios fail that are named beside it.
@Suite struct ServerMutantTests {
    /// One for all: what it has compiled of the schemas need not be compiled again.
    private static let validator = RevisionValidator()

    /// An answer has all the time that a machine may stall.
    private static func suite(_ revision: ProtocolRevision, answerLimit: Duration = .seconds(30)) -> SuiteRun<ServerSubject> {
        SuiteRun(revision: revision, validator: validator, scenarioLimit: .seconds(120), answerLimit: answerLimit)
    }

    /// Runs scenarios against a mutant. In those that are to fail some answers never come: these are not waited for that long.
    private static func run(_ scenarios: [Scenario<ServerSubject>], on mutant: ServerMutant, _ subject: ServerSubject) async -> [ScenarioOutcome] {
        var outcomes: [ScenarioOutcome] = []
        for scenario in scenarios {
            let answerLimit = Duration.seconds(mutant.failing.contains(scenario.name) ? 4 : 30)
            outcomes += await suite(mutant.revision, answerLimit: answerLimit).run([scenario], against: subject)
        }
        return outcomes
    }

    /// The scenarios that do not pass: warnings count, because mutants also do otherwise than is recommended.
    private static func failing(_ outcomes: [ScenarioOutcome]) -> Set<String> {
        Set(outcomes.filter { $0.status == .failed || $0.status == .warned }.map(\.scenario))
    }

    private static func report(_ outcomes: [ScenarioOutcome], except expected: Set<String>) -> String {
        outcomes.filter { ($0.status == .passed) == expected.contains($0.scenario) }.map(ProgressLine.text).joined(separator: "\n")
    }

    /// Several at once: a mutant has its own server, and most of its time goes by in waiting.
    private static func test(
        _ binding: ServerMutant.Binding, atOnce limit: Int, _ run: @escaping @Sendable (ServerMutant) async throws -> [ScenarioOutcome]
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, mutant) in ServerMutant.all.filter({ $0.binding == binding && !$0.isProtected }).enumerated() {
                if index >= limit { try await group.next() }
                group.addTask {
                    let outcomes = try await run(mutant)
                    #expect(failing(outcomes) == mutant.failing, "\(mutant.name): \(report(outcomes, except: mutant.failing))")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func overHTTP() async throws {
        try await Self.test(.http, atOnce: 8) { mutant in
            try await Self.withMutant(mutant) { url in
                await Self.run(ScenarioRegistry.server, on: mutant, ServerSubject(.url(url)))
            }
        }
    }

    /// The suite is the authorization server of each of them.
    @Test func behindAuthorization() async throws {
        let mutants = ServerMutant.all.filter(\.isProtected)
        let count = try await Self.withAuthorizationServer { server in
            var count = 0
            for mutant in mutants {
                let outcomes = try await Self.withMutant(mutant, issuer: server.issuer) { url in
                    await Self.run(ScenarioRegistry.protectedServer, on: mutant, ServerSubject(.url(url), mint: server.mint))
                }
                #expect(!outcomes.isEmpty)
                #expect(Self.failing(outcomes) == mutant.failing, "\(mutant.name): \(Self.report(outcomes, except: mutant.failing))")
                count += 1
            }
            return count
        }
        #expect(count == mutants.count && count > 5)
    }

    @Test func overStdio() async throws {
        try await Self.test(.stdio, atOnce: 3) { mutant in
            let subject = ServerSubject(.command("\(Programs.server) --mutant \(mutant.name)"))
            return await Self.run(ScenarioRegistry.server, on: mutant, subject)
        }
    }

    @Test func everyScenarioIsFailedByAMutant() {
        let failed = Set(ServerMutant.all.flatMap(\.failing))
        let names = Set((ScenarioRegistry.server + ScenarioRegistry.protectedServer).map(\.name))
        #expect(names.subtracting(failed) == [], "no mutant fails these")
        #expect(failed.subtracting(names) == [], "these are no scenarios")
        #expect(Set(ServerMutant.all.map(\.name)).count == ServerMutant.all.count)
    }

    @Test(arguments: [ProtocolRevision.v2025_11_25, .v2026_07_28])
    func aDeadServerFailsEveryScenario(_ revision: ProtocolRevision) async {
        // Nothing listens on the port of a discard service here, and no program reads from `true`.
        for subject in [ServerSubject(.url("http://127.0.0.1:9/mcp")), ServerSubject(.command("true"))] {
            let outcomes = await Self.suite(revision).run(ScenarioRegistry.server + ScenarioRegistry.protectedServer, against: subject)
            #expect(!outcomes.isEmpty)
            #expect(outcomes.filter { $0.status != .failed }.map(\.scenario) == [])
        }
    }

    /// A refusal is an answer, but no scenario asks for refusals alone: each has to see first that the server serves what it refuses in the end.
    @Test(arguments: [ProtocolRevision.v2025_11_25, .v2026_07_28])
    func aServerThatRefusesEverythingPassesNothing(_ revision: ProtocolRevision) async throws {
        func passed(_ outcomes: [ScenarioOutcome]) -> [String] { outcomes.filter { $0.status == .passed || $0.status == .warned }.map(\.scenario) }
        let scenarios = ScenarioRegistry.server + ScenarioRegistry.protectedServer
        for mutant in ServerMutant.refusing {
            let overHTTP = try await Self.withAuthorizationServer { server in
                try await Self.withMutant(mutant) { url in
                    await Self.suite(revision).run(scenarios, against: ServerSubject(.url(url), mint: server.mint))
                }
            }
            #expect(overHTTP.count > 50)
            #expect(passed(overHTTP) == [], "\(mutant.name) over HTTP")
            let command = ServerSubject(.command("\(Programs.server) --mutant \(mutant.name)"))
            let overStdio = await Self.suite(revision).run(ScenarioRegistry.server, against: command)
            #expect(overStdio.count > 40)
            #expect(passed(overStdio) == [], "\(mutant.name) over stdio")
        }
    }

    /// What a run has left behind in the process of the server, such as a call that is cancelled late, is not taken for what the next run asks.
    @Test(arguments: [("ignores-closed-streams", "cancel-request"), ("cancels-namesakes", "cancel-same-id-elsewhere"), ("never-cancels", "cancel-request")])
    func aFaultIsFoundInEveryRunAgainstOneProcess(_ name: String, _ scenario: String) async throws {
        let mutant = try #require(ServerMutant.named(name))
        let scenarios = ScenarioRegistry.server.filter { $0.name == scenario }
        let statuses = try await Self.withMutant(mutant) { url in
            var statuses: [ScenarioOutcome.Status] = []
            for _ in 1...4 { statuses += await Self.suite(mutant.revision).run(scenarios, against: ServerSubject(.url(url))).map(\.status) }
            return statuses
        }
        #expect(statuses == Array(repeating: .failed, count: 4))
    }

    /// What a server without tools, resources and prompts passes has nothing to do with any of them.
    @Test(arguments: [ProtocolRevision.v2025_11_25, .v2026_07_28])
    func anEmptyServerPassesNothingThatIsAboutItsFeatures(_ revision: ProtocolRevision) async throws {
        func passed(_ outcomes: [ScenarioOutcome]) -> Set<String> {
            Set(outcomes.filter { $0.status == .passed || $0.status == .warned }.map(\.scenario))
        }
        let overStdio = await Self.suite(revision).run(
            ScenarioRegistry.server, against: ServerSubject(.command("\(Programs.server) --mutant \(ServerMutant.empty.name)")))
        let overHTTP = try await Self.withMutant(.empty) { url in
            await Self.suite(revision).run(ScenarioRegistry.server, against: ServerSubject(.url(url)))
        }
        #expect(passed(overStdio).subtracting(Self.withoutFeatures) == [])
        #expect(passed(overHTTP).subtracting(Self.withoutFeatures) == [])
        #expect(!passed(overStdio).isEmpty && !passed(overHTTP).isEmpty)
    }

    /// The scenarios that a server can pass without a tool, a resource or a prompt: it opens, refuses, lists nothing, ends.
    private static let withoutFeatures: Set = [
        "server-initialize", "lifecycle-unknown-version", "ping", "server-session-lifecycle", "server-sse-multiple-streams", "dns-rebinding-protection",
        "http-origin", "http-session-required", "http-version-header", "http-notification-accepted", "http-methods", "malformed-json", "malformed-envelope",
        "request-ids", "pagination-invalid-cursor", "cancel-unknown", "stdio-blank-lines", "stdio-answered-at-end", "stdio-exit",
    ]

    @Test func aHeaderGoesWithEveryRequest() async throws {
        func passed(_ headers: [(name: String, value: String)]) async throws -> Set<String> {
            let scenarios = ScenarioRegistry.server.filter { ["tools-list", "http-notification-accepted", "http-methods"].contains($0.name) }
            return try await Self.withMutant(.keyed) { url in
                let outcomes = await Self.suite(.v2025_11_25).run(scenarios, against: ServerSubject(.url(url), headers: headers))
                return Set(outcomes.filter { $0.status == .passed }.map(\.scenario))
            }
        }
        #expect(try await passed([("X-Api-Key", "secret")]).count == 3)
        #expect(try await passed([]).isEmpty)
    }

    /// A command is one for the shell: with assignments, with several parts.
    @Test(arguments: ["NOTHING=1 %", "cd / && %", "true; % 2>/dev/null"]) func aCommandIsOneOfTheShell(_ form: String) async {
        let scenarios = ScenarioRegistry.server.filter { ["tools-list", "stdio-exit", "stdio-restart"].contains($0.name) }
        let outcomes = await Self.suite(.v2025_11_25).run(scenarios, against: ServerSubject(.command(form.replacing("%", with: Programs.server))))
        #expect(outcomes.filter { $0.status != .passed }.map(ProgressLine.text) == [])
        #expect(outcomes.count == 3)
    }

    /// Serves the suite's authorization server while `body` runs.
    /// - Throws: `CancellationError` where it ends before `body` has; what either throws.
    private static func withAuthorizationServer<Value: Sendable>(
        _ body: @escaping @Sendable (AuthorizationServer) async throws -> Value
    ) async throws -> Value {
        let (servers, source) = AsyncStream.makeStream(of: AuthorizationServer.self)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await AuthorizationServer.serve(AuthorizationServerFeatures()) { source.yield($0) }
                return nil
            }
            group.addTask {
                for await server in servers { return try await body(server) }
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw CancellationError() }
            return value
        }
    }

    /// Serves a mutant on a free port while `body` runs.
    private static func withMutant<Value: Sendable>(
        _ mutant: ServerMutant, issuer: String? = nil, _ body: @escaping @Sendable (String) async throws -> Value
    ) async throws -> Value {
        let (urls, continuation) = AsyncStream.makeStream(of: String.self)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await HTTPMutantServer(mutant, issuer: issuer).serve { continuation.yield($0) }
                return nil
            }
            group.addTask {
                for await url in urls { return try await body(url) }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }
}
