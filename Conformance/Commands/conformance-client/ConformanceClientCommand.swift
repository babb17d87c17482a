import ArgumentParser
import ConformanceClientMutants
import Foundation
import MCPTransport

/// The client that conformance suites and foreign servers are pointed at: it connects, lists the tools, makes the calls that it is told to make,
/// and writes what it saw to standard output, one JSON object a line.
@main
struct ConformanceClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance-client", abstract: "The client that MCP conformance suites are pointed at.",
        discussion: """
            conformance-client --stdio "my-server --flag" --call echo '{"message": "Hello"}'
            conformance-client --era handshake --call ask --answers '{"name": {"name": "Ada"}}' http://127.0.0.1:8080/mcp

            Exits with 1 where the server could not be reached; calls that fail are printed and fail nothing.

            Started by the official conformance suite (MCP_CONFORMANCE_SCENARIO is set, the URL is the last argument) it runs that scenario, and exits with 1
            where it could not be carried out.
            """, version: "1.0.0")

    @Option(help: "Launch a server with this shell command and talk to it over its standard input and output.")
    var stdio: String?

    @Option(help: "auto, handshake, or the one revision to speak, for example 2026-07-28.")
    var era = "auto"

    @Option(name: .customLong("call"), parsing: .upToNextOption, help: "Call a tool: its name and its arguments as a JSON object. May be repeated.")
    var callWords: [String] = []

    @Option(help: "What to answer, by a part of the question: a JSON object of the content to accept with, \"decline\" or \"cancel\". Else: cancel.")
    var answers = "{}"

    @Flag(help: "Cancel each call when its first progress comes.")
    var cancelOnProgress = false

    @Option(help: "Listen for changes of the list of tools, and end only when this many have come.")
    var listen: Int?

    @Option(help: "Have a fault that a conformance suite has to find. 'list' names them all.")
    var mutant: String?

    @Argument(help: "The URL of a Streamable HTTP endpoint.")
    var url: String?

    func validate() throws {
        if try invocation() == nil { _ = try plan() }
    }

    func run() async throws {
        let log = EventLog()
        if let invocation = try invocation(log) { return try await reporting(to: log) { try await invocation.run() } }
        let plan = try plan()
        try await reporting(to: log) {
            switch plan.server {
            case .command(let command): try await session(plan, log).run(.stdio("/bin/sh", ["-c", "exec \(command)"]))
            case .url(let url): try await session(plan, log).run(.http(url))
            }
        }
    }

    /// Writes down why something failed, and ends the process with 1.
    private func reporting(to log: EventLog, _ body: () async throws -> Void) async throws {
        do { try await body() } catch {
            log.write("failed", ["message": .string("\(error)")])
            throw ExitCode.failure
        }
    }

    private func invocation(_ log: EventLog = EventLog()) throws -> ScenarioInvocation? {
        let server = stdio.map(ServerAddress.command) ?? url.map(ServerAddress.url)
        return try ScenarioInvocation(environment: ProcessInfo.processInfo.environment, server: server, mutant: try fault(), log: log)
    }

    private func session(_ plan: Plan, _ log: EventLog) -> ClientSession {
        ClientSession(
            era: plan.era, calls: plan.calls, answers: plan.answers, cancelsOnProgress: cancelOnProgress, awaitedChanges: listen, log: log)
    }

    private func fault() throws -> ClientMutant? {
        guard let mutant else { return nil }
        guard let found = ClientMutant.named(mutant) else {
            let faults = ClientMutant.all.map { "\($0.name): \($0.fault)" }.joined(separator: "\n")
            throw ValidationError("There is no mutant \(mutant). There are:\n\(faults)")
        }
        return found
    }

    private struct Plan {
        enum Server {
            case command(String)
            case url(String)
        }

        var server: Server
        var era: EraSelection
        var calls: [ToolCall]
        var answers: AnswerBook
    }

    private func plan() throws -> Plan {
        var words = callWords
        var url = url
        // `--call` takes all words up to the next option, the URL behind it too.
        if url == nil, stdio == nil, let last = words.last, last.hasPrefix("http://") || last.hasPrefix("https://") { url = words.removeLast() }
        let server: Plan.Server
        switch (stdio, url) {
        case (let command?, nil): server = .command(command)
        case (nil, let url?): server = .url(url)
        default: throw ValidationError("Name one server: --stdio with a command, or a URL as the last argument.")
        }
        return Plan(server: server, era: try selection(), calls: try ToolCall.calls(of: words), answers: try AnswerBook(parsing: answers))
    }

    private func selection() throws -> EraSelection {
        switch era {
        case "auto": return .auto
        case "handshake": return .handshake
        default:
            guard let revision = ProtocolRevision(rawValue: era) else {
                let revisions = ProtocolRevision.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no era \(era); say auto, handshake or one of \(revisions).")
            }
            return .pinned(revision)
        }
    }
}
