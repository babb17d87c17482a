import Foundation
import MCPTransport
import Testing

@testable import QueryServer

/// The program itself, as a host starts it.
@Suite struct ProgramTests {
    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "query-server").path

    @Test(arguments: [EraSelection.auto, .handshake]) func servesOverStdio(era: EraSelection) async throws {
        let configuration = ClientConfiguration(era: era)
        try await withClient(.stdio(Self.program, ["--log-level", "error"]), configuration: configuration) { client in
            let result = try await client.callTool("run_query", ["sql": "SELECT count(*) AS n FROM orders"])
            #expect(result.structuredContent?["rows"] == [[1_500]])
        }
    }

    @Test(arguments: [EraSelection.auto, .handshake]) func servesOverHTTP(era: EraSelection) async throws {
        let file = try TemporarySQLite("CREATE TABLE letters (l TEXT); INSERT INTO letters VALUES ('a')")
        try await withHTTPServer(["--database", "abc=\(file.path)"]) { url in
            try await withClient(.http(url), configuration: ClientConfiguration(era: era)) { client in
                let result = try await client.callTool("run_query", ["sql": "SELECT l FROM letters", "connection": "abc"])
                #expect(result.structuredContent?["rows"] == [["a"]])
            }
        }
    }

    /// Ten calls at once, and one a second from then on: of a hundred in a row some meet the limit, unless there is none.
    @Test func callsAreLimitedAsTheSettingSays() async throws {
        func refusals(_ perSecond: String) async throws -> [JSONRPCError] {
            try await withClient(.stdio(Self.program, ["--log-level", "error", "--calls-per-second", perSecond])) { client in
                var refused: [JSONRPCError] = []
                for _ in 0..<100 {
                    do { _ = try await client.callTool("list_connections") } catch let error as JSONRPCError { refused.append(error) }
                }
                return refused
            }
        }
        let limited = try await refusals("1")
        #expect(!limited.isEmpty)
        #expect(limited.allSatisfy { $0.code == .internalError && $0.message.contains("more tool calls than the 1 a second") })
        #expect(try await refusals("0").isEmpty)
        #expect(try await refusals("100").isEmpty)
    }

    @Test func answersOnlyTheTokensOfItsList() async throws {
        let tokens = FileManager.default.temporaryDirectory.appendingPathComponent("tokens-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: tokens) }
        try "ada 0123456789abcdefghij\n".write(toFile: tokens, atomically: true, encoding: .utf8)
        try await withHTTPServer(["--tokens", tokens]) { url in
            try await withClient(.http(url, headers: [("Authorization", "Bearer 0123456789abcdefghij")])) { client in
                let tools = try await client.listTools()
                #expect(!tools.isEmpty)
            }
            for headers in [[], [("Authorization", "Bearer 0123456789abcdefghik")]] as [[(name: String, value: String)]] {
                do {
                    _ = try await Client.connect(.http(url, headers: headers))
                    Issue.record("it should not connect")
                } catch { #expect("\(error)".contains("401")) }
            }
        }
    }

    private func withHTTPServer(_ arguments: [String], _ body: (_ url: String) async throws -> Void) async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["--http", "0"] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        try await body(
            String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test func settingsComeFromFlagsEnvironmentAndFile() async throws {
        let file = try TemporarySQLite("CREATE TABLE t (x)")
        let settings = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: settings) }
        try #"{"databases": ["file=\#(file.path)"]}"#.write(toFile: settings, atomically: true, encoding: .utf8)
        func names(_ arguments: [String], _ environment: [String: String]) async throws -> [String?] {
            try await withClient(.stdio(Self.program, arguments + ["--log-level", "error"], environment: environment)) { client in
                let result = try await client.callTool("list_connections")
                return (result.structuredContent?["connections"]?.array ?? []).map { $0["name"]?.string }
            }
        }
        let environment = ["QUERY_SERVER_DATABASES": "one=\(file.path),two=sample"]
        #expect(try await names([], [:]) == ["shop"])
        #expect(try await names(["--config", settings], [:]) == ["file"])
        #expect(try await names(["--config", settings], environment) == ["one", "two"])
        #expect(try await names(["--config", settings, "--database", "flag=sample"], environment) == ["flag"])
    }

    @Test(arguments: [
        (["--database", "mysql://u:s3cret@h/db"], "postgres://USER@HOST:PORT/DATABASE"),
        (["--database", "a=sample", "--database", "a=x.sqlite"], "Two databases are named a"),
        (["--timeout", "0"], "1 to 3600"), (["--calls-per-second", "1000001"], "0 to 1000000"), (["--log-level", "loud"], "debug"),
        (["--config", "/nowhere/x.json"], "/nowhere/x.json"),
        (["--http", "0", "--issuer", "https://as.example"], "--issuer needs --resource"),
        (["--http", "0", "--resource", "https://mcp.example/mcp"], "--resource needs --issuer"),
        (["--http", "0", "--tokens", "/nowhere/tokens"], "/nowhere/tokens cannot be read"),
        (["--http", "0", "--tokens", "x", "--issuer", "https://as.example"], "not both"),
    ])
    func whatIsWrongIsSaidOnStandardError(arguments: [String], message: String) throws {
        let (status, output, errors) = try run(arguments)
        #expect(status != 0 && output == "")
        #expect(errors.contains(message), "\(errors)")
        #expect(!errors.contains("s3cret"))
    }

    @Test func passwordsAreNotLogged() throws {
        let (_, _, errors) = try run([
            "--database", "books=postgres://ada:s3cret@127.0.0.1:1/books?password=s3cret", "--log-level", "trace",
        ])
        #expect(errors.contains("postgres://ada@127.0.0.1:1/books"))
        #expect(!errors.contains("s3cret"))
    }

    /// In the environment databases are separated by commas, so a comma in a password makes two addresses of one.
    @Test(arguments: [
        "postgres://app:s3,cret@db/shop", "postgres://app:1,cret@db/shop", "a=sample,b=host=db user=app password=s3cret", "postgres:/app:s3cret@db/shop",
    ])
    func whatMayHoldAPasswordIsNotLogged(databases: String) throws {
        let (status, output, errors) = try run(["--log-level", "trace"], environment: ["QUERY_SERVER_DATABASES": databases])
        #expect(status != 0 && output == "")
        #expect(errors.contains("write %2C for a comma"), "\(errors)")
        #expect(!errors.contains("cret") && !errors.contains("app:"), "\(errors)")
    }

    @Test func helpAndVersion() throws {
        let help = try run(["--help"])
        #expect(help.status == 0 && help.output.contains("--database") && help.output.contains("QUERY_SERVER_DATABASES"))
        #expect(try run(["--version"]).output == "\(QueryServerCommand.version)\n")
    }

    /// Runs the program with nothing on its standard input, until it ends by itself.
    private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: Self.program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let logged = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: printed, as: UTF8.self), String(decoding: logged, as: UTF8.self))
    }
}
