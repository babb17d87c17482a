import Configuration
import Foundation
import MCPTransport
import SystemPackage

/// The settings of a server: from the command line, then the environment, then a JSON file, then defaults.
///
/// A setting `http.port` of a server `query-server` is the flag that says so in `--help`, the variable `QUERY_SERVER_HTTP_PORT`, and
/// `{"http": {"port": 8081}}` in the file.
public struct Settings: Sendable {
    private let reader: ConfigReader
    private let environmentPrefix: String

    /// - Parameters:
    ///   - program: The program's name, which begins the names of environment variables; empty where the settings' own names do.
    ///   - names: The settings that there are; another one in the file is an error.
    ///   - flags: What stands on the command line.
    ///   - environment: The variables of the process.
    ///   - environmentFile: The path of a file with further variables, one `NAME=value` a line (`.env`); those of the process come first. It need not exist.
    ///   - file: The path of a JSON file.
    /// - Throws: `SettingError` that says what would be right.
    public init(
        program: String, names: [String], flags: [String: [String]], environment: [String: String], environmentFile: String? = nil, file: String?
    ) async throws {
        environmentPrefix = program.isEmpty ? "" : program.uppercased().replacing("-", with: "_") + "_"
        let prefix = program.split(separator: "-").map(String.init)
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, given) in flags {
            values[AbsoluteConfigKey(name.split(separator: ".").map(String.init))] = ConfigValue(.stringArray(given), isSecret: false)
            if given.count == 1 {
                values[AbsoluteConfigKey(name.split(separator: ".").map(String.init))] = ConfigValue(.string(given[0]), isSecret: false)
            }
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: values),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: ConfigKey(prefix)),
        ]
        if let environmentFile {
            let variables: EnvironmentVariablesProvider
            do { variables = try await EnvironmentVariablesProvider(environmentFilePath: FilePath(environmentFile), allowMissing: true) } catch {
                throw SettingsFileError(file: environmentFile, reason: "it cannot be read (\(error))")
            }
            providers.append(variables.prefixKeys(with: ConfigKey(prefix)))
        }
        if let file { providers.append(try await Self.read(file, names: names)) }
        reader = ConfigReader(providers: providers)
    }

    /// A setting as text.
    public func string(_ name: String) -> String? {
        let key = ConfigKey(name)
        return reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init) ?? reader.bool(forKey: key).map(String.init)
    }

    /// A setting with several values; in the environment they are separated by commas.
    public func list(_ name: String) -> [String] {
        let key = ConfigKey(name)
        let values = reader.stringArray(forKey: key) ?? reader.string(forKey: key).map { [$0] } ?? []
        return values.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
    }

    /// A whole number.
    /// - Throws: `SettingError` for anything else, and outside of the range.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = string(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw SettingError(name: name, variable: variable(name), value: text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// `true` or `false`.
    /// - Throws: `SettingError` for anything else.
    public func flag(_ name: String) throws -> Bool? {
        guard let text = string(name) else { return nil }
        switch text.lowercased() {
        case "true", "yes", "1": return true
        case "false", "no", "0": return false
        default: throw SettingError(name: name, variable: variable(name), value: text, expected: "true or false")
        }
    }

    /// One of several words.
    /// - Throws: `SettingError` for anything else.
    public func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type = Choice.self) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = string(name) else { return nil }
        guard let value = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(name: name, variable: variable(name), value: text, expected: "one of \(words)")
        }
        return value
    }

    /// An error about a setting whose value is wrong. A secret is not shown.
    public func wrong(_ name: String, value: String, expected: String, isSecret: Bool = false) -> SettingError {
        SettingError(name: name, variable: variable(name), value: isSecret ? nil : value, expected: expected)
    }

    private func variable(_ name: String) -> String { Self.variable(name, prefix: environmentPrefix) }

    static func variable(_ name: String, prefix: String) -> String {
        // `allowedHosts` is ALLOWED_HOSTS, as swift-configuration spells it.
        var text = ""
        for character in name {
            if character.isUppercase { text += "_" }
            text += character == "." ? "_" : character.uppercased()
        }
        return prefix + text
    }

    private static func read(_ file: String, names: [String]) async throws -> FileProvider<JSONSnapshot> {
        let provider: FileProvider<JSONSnapshot>
        do {
            provider = try await FileProvider<JSONSnapshot>(filePath: FilePath(file))
            let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
            let unknown = Self.names(in: try JSONValue(parsing: text)).filter { !names.contains($0) }
            guard unknown.isEmpty else {
                let (unknown, known) = (unknown.joined(separator: ", "), names.joined(separator: ", "))
                throw SettingsFileError(file: file, reason: "it has unknown settings: \(unknown). Known are: \(known)")
            }
        } catch let error as SettingsFileError {
            throw error
        } catch {
            throw SettingsFileError(file: file, reason: "it cannot be read as JSON (\(error))")
        }
        return provider
    }

    /// The settings in a file, with the names of nested objects joined by dots.
    private static func names(in value: JSONValue, under prefix: String = "") -> [String] {
        guard case .object(let object) = value else { return [prefix] }
        return object.flatMap { key, value in names(in: value, under: prefix.isEmpty ? key : "\(prefix).\(key)") }
    }
}

/// A setting has a value that it cannot have.
public struct SettingError: Error, Sendable, CustomStringConvertible {
    var name: String
    var variable: String
    var value: String?
    var expected: String

    public var description: String {
        "The setting \(name) (environment: \(variable)) must be \(expected)" + (value.map { "; it is \"\($0)\"" } ?? "")
    }
}

/// A file of settings cannot be used.
public struct SettingsFileError: Error, Sendable, CustomStringConvertible {
    var file: String
    var reason: String
    public var description: String { "The configuration file \(file) cannot be used: \(reason)" }
}
