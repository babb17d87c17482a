import Foundation
import Logging
import ServerCommand

/// What the orchestrator needs to know before it starts.
struct OrchestratorConfiguration: Sendable {
    var web: WebConfiguration
    /// Where conversations and the mail of the built-in server are kept.
    var dataDirectory: URL
    /// `nil` for the built-in demonstration model.
    var model: OpenAIModel.Settings?
    var servers: ServerList
    var logLevel: Logger.Level
    var suggestions: [String]

    /// The settings that there are.
    static let names = [
        "orchestrator.port", "orchestrator.host", "orchestrator.allowedHosts", "orchestrator.data", "orchestrator.servers", "orchestrator.suggestions",
        "orchestrator.logLevel", "openai.apiKey", "openai.baseUrl", "openai.model",
    ]

    /// Questions that the built-in servers can answer.
    static let defaultSuggestions = [
        "Which tables are there?", "Show me the ten largest orders", "Search my mail for the invoice from Acme", "Send alice@example.com a summary",
    ]

    /// - Parameters:
    ///   - programs: The folder of the built-in servers' programs.
    ///   - environment: The variables of the process.
    /// - Throws: `SettingError`, `ServerListError`: what is wrong and what would be right.
    init(_ settings: Settings, programs: URL, environment: [String: String]) throws {
        web = WebConfiguration()
        web.host = settings.text("orchestrator.host") ?? web.host
        web.port = try settings.integer("orchestrator.port", in: 0...65535) ?? web.port
        web.allowedHosts = Set(settings.list("orchestrator.allowedHosts"))
        dataDirectory = settings.text("orchestrator.data").map { URL(filePath: $0, directoryHint: .isDirectory) } ?? Self.defaultData(environment)
        logLevel = try settings.choice("orchestrator.logLevel", Logger.Level.self) ?? .notice
        model = try Self.model(settings)
        let given = settings.list("orchestrator.suggestions")
        if let file = settings.text("orchestrator.servers") {
            servers = try ServerList(file: file, environment: environment)
            suggestions = given
        } else {
            servers = Self.builtInServers(programs: programs, data: dataDirectory)
            suggestions = given.isEmpty ? Self.defaultSuggestions : given
        }
    }

    private static func model(_ settings: Settings) throws -> OpenAIModel.Settings? {
        let key = settings.text("openai.apiKey")
        let base = settings.text("openai.baseUrl")
        let name = settings.text("openai.model")
        guard key != nil || base != nil else {
            if let name {
                throw settings.wrong(
                    "openai.model", value: name, expected: "given together with OPENAI_API_KEY, or with OPENAI_BASE_URL for a model of your own")
            }
            return nil
        }
        // It travels in a header: a line end from a file, or a blank from copying, would not.
        guard key?.unicodeScalars.allSatisfy({ ("!"..."~").contains($0) }) != false else {
            throw settings.wrong("openai.apiKey", value: "", expected: "printable ASCII characters without blanks or line ends", isSecret: true)
        }
        let address = base ?? "https://api.openai.com/v1"
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme?.lowercased()), url.host?.isEmpty == false else {
            throw settings.wrong(
                "openai.baseUrl", value: address, expected: "an address that begins with http:// or https://, such as http://127.0.0.1:11434/v1")
        }
        guard let name else {
            throw settings.wrong("openai.model", value: "", expected: "the name of a model that \(address) serves")
        }
        return OpenAIModel.Settings(baseURL: address.hasSuffix("/") ? String(address.dropLast()) : address, key: key.map(Secret.init), model: name)
    }

    private static func builtInServers(programs: URL, data: URL) -> ServerList {
        ServerList([
            ServerEntry(
                name: "query",
                place: .process(command: programs.appending(path: "query-server").path, arguments: [], environment: [:], workingDirectory: nil),
                isTrusted: true),
            ServerEntry(
                name: "email",
                place: .process(
                    command: programs.appending(path: "email-server").path, arguments: ["--data", data.appending(path: "email").path], environment: [:],
                    workingDirectory: nil),
                isTrusted: true),
        ])
    }

    /// The XDG Base Directory Specification's place for data.
    private static func defaultData(_ environment: [String: String]) -> URL {
        let base =
            environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0, directoryHint: .isDirectory) : nil }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".local/share", directoryHint: .isDirectory)
        return base.appending(path: "swift-mcp", directoryHint: .isDirectory)
    }
}

extension Settings {
    /// A setting as text; nil where it is empty too, as containers and `.env` files write what is not set.
    fileprivate func text(_ name: String) -> String? { string(name).flatMap { $0.isEmpty ? nil : $0 } }
}
