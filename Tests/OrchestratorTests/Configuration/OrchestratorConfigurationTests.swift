import Foundation
import Logging
import MCPCore
import ServerCommand
import Testing

@testable import Orchestrator

/// Where settings come from, and what is said of wrong ones.
struct OrchestratorConfigurationTests {
    private static let programs = URL(filePath: "/opt/chat/bin", directoryHint: .isDirectory)

    private static func read(
        flags: [String: [String]] = [:], _ environment: [String: String] = [:], file: String? = nil
    ) async throws -> OrchestratorConfiguration {
        let path = FileManager.default.temporaryDirectory.appending(path: "env-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let file { try file.write(toFile: path, atomically: true, encoding: .utf8) }
        let settings = try await Settings(
            program: "", names: OrchestratorConfiguration.names, flags: flags, environment: environment, environmentFile: path, file: nil)
        return try OrchestratorConfiguration(settings, programs: programs, environment: environment)
    }

    private static func error(_ environment: [String: String]) async throws -> String {
        do {
            _ = try await read(environment)
            throw RawSocketError(description: "there is no error")
        } catch let error as SettingError { return "\(error)" }
    }

    // MARK: Nothing is set

    @Test func withoutSettingsTheDemonstrationModelAnswersOverTheBuiltInServers() async throws {
        let configuration = try await Self.read(["HOME": "/home/me", "XDG_DATA_HOME": "/data"])
        #expect(configuration.model == nil)
        #expect(configuration.web.host == "127.0.0.1" && configuration.web.port == 8080 && configuration.web.allowedHosts.isEmpty)
        #expect(configuration.dataDirectory.path == "/data/swift-mcp" && configuration.logLevel == .notice)
        #expect(configuration.suggestions == OrchestratorConfiguration.defaultSuggestions)
        #expect(
            configuration.servers.servers == [
                ServerEntry(
                    name: "query", place: .process(command: "/opt/chat/bin/query-server", arguments: [], environment: [:], workingDirectory: nil),
                    isTrusted: true),
                ServerEntry(
                    name: "email",
                    place: .process(
                        command: "/opt/chat/bin/email-server", arguments: ["--data", "/data/swift-mcp/email"], environment: [:], workingDirectory: nil),
                    isTrusted: true),
            ])
    }

    @Test func emptyValuesCountAsNotSet() async throws {
        let configuration = try await Self.read([
            "OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "OPENAI_MODEL": "", "ORCHESTRATOR_DATA": "", "ORCHESTRATOR_HOST": "", "ORCHESTRATOR_SERVERS": "",
            "XDG_DATA_HOME": "/data",
        ])
        #expect(configuration.model == nil && configuration.web.host == "127.0.0.1" && configuration.dataDirectory.path == "/data/swift-mcp")
        #expect(configuration.servers.servers.count == 2)
    }

    // MARK: Sources and their order

    @Test func everySettingIsReadFromTheEnvironment() async throws {
        let servers = FileManager.default.temporaryDirectory.appending(path: "servers-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: servers) }
        try #"{"mcpServers": {"far": {"url": "http://${FAR}/mcp"}}}"#.write(toFile: servers, atomically: true, encoding: .utf8)
        let configuration = try await Self.read([
            "ORCHESTRATOR_PORT": "0", "ORCHESTRATOR_HOST": "::1", "ORCHESTRATOR_ALLOWED_HOSTS": "chat.example.org, other.example",
            "ORCHESTRATOR_DATA": "/srv/chat", "ORCHESTRATOR_SERVERS": servers, "ORCHESTRATOR_SUGGESTIONS": "One?,Two?", "ORCHESTRATOR_LOG_LEVEL": "debug",
            "OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "https://models.example/v1/", "OPENAI_MODEL": "m-1", "FAR": "far.example",
        ])
        #expect(configuration.web.port == 0 && configuration.web.host == "::1")
        #expect(configuration.web.allowedHosts == ["chat.example.org", "other.example"])
        #expect(configuration.dataDirectory.path == "/srv/chat" && configuration.logLevel == .debug && configuration.suggestions == ["One?", "Two?"])
        #expect(configuration.servers.servers.map(\.place) == [.http(url: "http://far.example/mcp", headers: [:])])
        // The slash at the end goes, as paths are put behind it.
        #expect(configuration.model == OpenAIModel.Settings(baseURL: "https://models.example/v1", key: Secret("sk-1"), model: "m-1"))
    }

    @Test func flagsComeBeforeTheEnvironmentAndTheEnvironmentBeforeTheFile() async throws {
        let file = """
            # A comment
            ORCHESTRATOR_PORT=1003
            ORCHESTRATOR_HOST=127.0.0.3
            OPENAI_API_KEY=sk-file
            OPENAI_MODEL=m-file
            """
        let fromFile = try await Self.read(file: file)
        #expect(fromFile.web.port == 1003 && fromFile.web.host == "127.0.0.3")
        #expect(fromFile.model?.key?.value == "sk-file" && fromFile.model?.model == "m-file")
        let environment = ["ORCHESTRATOR_PORT": "1002", "OPENAI_MODEL": "m-environment"]
        let fromEnvironment = try await Self.read(environment, file: file)
        #expect(fromEnvironment.web.port == 1002 && fromEnvironment.web.host == "127.0.0.3")
        #expect(fromEnvironment.model?.key?.value == "sk-file" && fromEnvironment.model?.model == "m-environment")
        let command = try OrchestratorCommand.parse(["--port", "1001", "--model", "m-flag"])
        let fromFlags = try await Self.read(flags: command.flags, environment, file: file)
        #expect(fromFlags.web.port == 1001 && fromFlags.web.host == "127.0.0.3" && fromFlags.model?.model == "m-flag")
    }

    @Test func everyFlagReachesItsSetting() async throws {
        let command = try OrchestratorCommand.parse([
            "--port", "1", "--host", "h", "--allowed-host", "a", "--allowed-host", "b", "--data", "/d", "--log-level", "error", "--model", "m",
            "--model-address", "http://127.0.0.1:11434/v1",
        ])
        let configuration = try await Self.read(flags: command.flags)
        #expect(configuration.web.port == 1 && configuration.web.host == "h" && configuration.web.allowedHosts == ["a", "b"])
        #expect(configuration.dataDirectory.path == "/d" && configuration.logLevel == .error)
        // A model of one's own wants no key.
        #expect(configuration.model == OpenAIModel.Settings(baseURL: "http://127.0.0.1:11434/v1", key: nil, model: "m"))
        let servers = try OrchestratorCommand.parse(["--servers", "/no/such.json", "--env-file", "other.env"])
        #expect(servers.environmentFile == "other.env")
        await #expect(throws: ServerListError.self) { try await Self.read(flags: servers.flags) }
        let plain = try OrchestratorCommand.parse([])
        #expect(plain.flags.isEmpty && plain.environmentFile == ".env")
    }

    @Test func aKeyAloneMeansOpenAI() async throws {
        let configuration = try await Self.read(["OPENAI_API_KEY": "sk-1", "OPENAI_MODEL": "m"])
        #expect(configuration.model?.baseURL == "https://api.openai.com/v1")
    }

    // MARK: Wrong values

    @Test(arguments: [
        ("ORCHESTRATOR_PORT", "http", "orchestrator.port", "a whole number from 0 to 65535"),
        ("ORCHESTRATOR_PORT", "65536", "orchestrator.port", "a whole number from 0 to 65535"),
        ("ORCHESTRATOR_PORT", "-1", "orchestrator.port", "a whole number from 0 to 65535"),
        ("ORCHESTRATOR_LOG_LEVEL", "loud", "orchestrator.logLevel", "one of trace, debug, info, notice, warning, error, critical"),
        ("OPENAI_MODEL", "m", "openai.model", "OPENAI_API_KEY, or with OPENAI_BASE_URL"),
        ("OPENAI_BASE_URL", "localhost:11434", "openai.baseUrl", "http:// or https://, such as http://127.0.0.1:11434/v1"),
        ("OPENAI_BASE_URL", "http://", "openai.baseUrl", "http:// or https://, such as http://127.0.0.1:11434/v1"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1", "openai.model", "the name of a model that http://127.0.0.1:1/v1 serves"),
        ("OPENAI_API_KEY", "sk-1", "openai.model", "the name of a model that https://api.openai.com/v1 serves"),
    ]) func aWrongValueIsNamedWithWhatWouldBeRight(variable: String, value: String, setting: String, expected: String) async throws {
        let error = try await Self.error([variable: value])
        let named = setting == "openai.model" ? "OPENAI_MODEL" : variable
        #expect(error.contains("The setting \(setting) (environment: \(named))") && error.contains(expected))
        #expect(!error.contains("sk-1"))
    }

    @Test(arguments: ["sk-a\nb", "sk-a b", "sk-ä", "sk-a\r"]) func aKeyThatNoHeaderTakesIsNamedAndNotShown(key: String) async throws {
        let error = try await Self.error(["OPENAI_API_KEY": key, "OPENAI_MODEL": "m"])
        #expect(error.contains("openai.apiKey (environment: OPENAI_API_KEY)") && error.contains("printable ASCII") && !error.contains("sk-"))
    }

    @Test func aWrongListOfServersIsNamed() async throws {
        await #expect {
            try await Self.read(["ORCHESTRATOR_SERVERS": "/no/such/servers.json"])
        } throws: {
            "\($0)".contains("/no/such/servers.json")
        }
    }

    // MARK: Secrets

    @Test func aSecretPrintsNowhere() async throws {
        let secret = Secret("s3cret")
        var dumped = ""
        dump([secret], to: &dumped)
        let mirrored = Mirror(reflecting: secret).children.map { "\($0)" }.joined()
        for text in ["\(secret)", secret.description, secret.debugDescription, String(reflecting: secret), "\([secret])", dumped, mirrored] {
            #expect(!text.contains("s3cret"))
        }
        #expect("\(secret)" == "(secret)" && secret.value == "s3cret")
        let configuration = try await Self.read(["OPENAI_API_KEY": "s3cret", "OPENAI_MODEL": "m"])
        var whole = "\(configuration)" + String(reflecting: configuration)
        dump(configuration, to: &whole)
        #expect(!whole.contains("s3cret") && whole.contains("(secret)"))
    }

    @Test func aSecretIsTakenOutOfTexts() {
        let secret = Secret("abc")
        #expect(secret.redacted(in: "abc xabcx abc") == "… x…x …")
        #expect(secret.redacted(in: "ab c") == "ab c")
        #expect(Secret("").redacted(in: "text") == "text")
    }
}
