import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// The file of servers: what it may say, and what is said where it is wrong.
struct ServerListTests {
    private static func read(_ text: String, _ environment: [String: String] = [:]) throws -> [ServerEntry] {
        try ServerList(json: try JSONValue(parsing: text), environment: environment).servers
    }

    /// The error's text; nil where there is none.
    private static func error(_ text: String, _ environment: [String: String] = [:]) throws -> String? {
        do {
            _ = try read(text, environment)
            return nil
        } catch let error as ServerListError { return "\(error)" }
    }

    @Test func aProgramWithAllItsSettings() throws {
        let servers = try Self.read(
            """
            {"mcpServers": {"shop": {"type": "stdio", "command": "query-server", "args": ["--log-level", "error"], "env": {"A": "1"}, "cwd": "/tmp",
            "trusted": true}}, "comment": "other members are other hosts'"}
            """)
        #expect(
            servers == [
                ServerEntry(
                    name: "shop",
                    place: .process(command: "query-server", arguments: ["--log-level", "error"], environment: ["A": "1"], workingDirectory: "/tmp"),
                    isTrusted: true)
            ])
    }

    @Test func anEndpointWithHeaders() throws {
        let servers = try Self.read(#"{"mcpServers": {"far": {"url": "https://example.com/mcp", "headers": {"Authorization": "Bearer t"}}}}"#)
        #expect(
            servers == [ServerEntry(name: "far", place: .http(url: "https://example.com/mcp", headers: ["Authorization": "Bearer t"]), isTrusted: false)])
    }

    @Test func theOrderIsThatOfTheFileAndDisabledOnesAreLeftOut() throws {
        let servers = try Self.read(
            #"{"mcpServers": {"z": {"command": "a"}, "off": {"command": "b", "disabled": true}, "a": {"url": "http://h/", "disabled": false}}}"#)
        #expect(servers.map(\.name) == ["z", "a"])
        #expect(try Self.read(#"{"mcpServers": {}}"#).isEmpty)
    }

    @Test func nobodyIsTrustedUnlessTheFileSaysSo() throws {
        #expect(try Self.read(#"{"mcpServers": {"a": {"command": "x"}, "b": {"command": "x", "trusted": false}}}"#).allSatisfy { !$0.isTrusted })
    }

    @Test func variablesAreExpandedWhereverATextStands() throws {
        let servers = try Self.read(
            """
            {"mcpServers": {
                "a": {"command": "${HOME}/bin/${NAME}", "args": ["--key=${KEY}", "$NAME", "${KEY}${KEY}"], "env": {"TOKEN": "x${KEY}y"}, "cwd": "${HOME}"},
                "b": {"url": "http://${NAME}/mcp", "headers": {"Authorization": "Bearer ${KEY}"}}}}
            """, ["HOME": "/home/me", "NAME": "tool", "KEY": "${HOME}"])
        // A value is taken as it is: what looks like a variable in it is none.
        #expect(
            servers.map(\.place) == [
                .process(
                    command: "/home/me/bin/tool", arguments: ["--key=${HOME}", "$NAME", "${HOME}${HOME}"], environment: ["TOKEN": "x${HOME}y"],
                    workingDirectory: "/home/me"),
                .http(url: "http://tool/mcp", headers: ["Authorization": "Bearer ${HOME}"]),
            ])
        #expect(
            try Self.read(#"{"mcpServers": {"a": {"command": "x", "args": ["${OPEN", "$", "{}", "a$}b"]}}}"#).map(\.place) == [
                .process(command: "x", arguments: ["${OPEN", "$", "{}", "a$}b"], environment: [:], workingDirectory: nil)
            ])
    }

    /// Also where somebody quotes them.
    @Test func whatWasPutInIsTakenOutOfTexts() throws {
        let servers = try Self.read(
            """
            {"mcpServers": {
                "a": {"command": "tool", "args": ["--key=${KEY}"], "env": {"TOKEN": "tok-0123456789"}},
                "b": {"url": "https://me:pass-word-1@far.example/mcp/${KEY}?key=0123456789abc&x=a%20bcdefghi#part"}}}
            """, ["KEY": "k3y!"])
        #expect(servers[0].redacted("no such file: tool --key=k3y! tok-0123456789") == "no such file: tool --key=… …")
        let url = "https://me:pass-word-1@far.example/mcp/k3y!?key=0123456789abc&x=a%20bcdefghi#part"
        #expect(servers[1].redacted("GET \(url) failed") == "GET https://far.example/mcp/… failed")
        #expect(servers[1].redacted("pass-word-1 and 0123456789abc, bcdefghi") == "… and …, …")
    }

    @Test(arguments: [
        (#"{"mcpServers": {"a": {"command": "${NO_SUCH}"}}}"#, "a.command"),
        (#"{"mcpServers": {"a": {"command": "x", "args": ["1", "${NO_SUCH}"]}}}"#, "a.args"),
        (#"{"mcpServers": {"a": {"command": "x", "env": {"TOKEN": "${NO_SUCH}"}}}}"#, "a.env.TOKEN"),
        (#"{"mcpServers": {"a": {"command": "x", "cwd": "${NO_SUCH}"}}}"#, "a.cwd"),
        (#"{"mcpServers": {"a": {"url": "http://h", "headers": {"X-Key": "${NO_SUCH}"}}}}"#, "a.headers.X-Key"),
    ]) func aMissingVariableIsNamedWithItsPlace(file: String, place: String) throws {
        let error = try #require(try Self.error(file))
        #expect(error.contains("\(place):") && error.contains("NO_SUCH") && error.contains("not set"))
    }

    @Test(arguments: [
        (#"[]"#, "", "{\"mcpServers\": {"),
        (#"{}"#, "", "{\"mcpServers\": {"),
        (#"{"mcpServers": []}"#, "", "{\"mcpServers\": {"),
        (#"{"mcpServers": {"a": 1}}"#, "a", "`command` or `url`"),
        (#"{"mcpServers": {"a": {}}}"#, "a", "`command` for a program, or `url`"),
        (#"{"mcpServers": {"a": {"command": "x", "url": "http://h"}}}"#, "a", "not both"),
        (#"{"mcpServers": {"a": {"command": 1}}}"#, "a.command", "expected a text"),
        (#"{"mcpServers": {"a": {"command": ""}}}"#, "a.command", "expected a text"),
        (#"{"mcpServers": {"a": {"command": "x", "args": "y"}}}"#, "a.args", "expected a list of texts"),
        (#"{"mcpServers": {"a": {"command": "x", "args": [1]}}}"#, "a.args", "expected a list of texts"),
        (#"{"mcpServers": {"a": {"command": "x", "env": ["A=1"]}}}"#, "a.env", "expected an object of texts"),
        (#"{"mcpServers": {"a": {"command": "x", "env": {"A": 1}}}}"#, "a.env.A", "expected a text"),
        (#"{"mcpServers": {"a": {"command": "x", "cwd": 1}}}"#, "a.cwd", "expected a text"),
        (#"{"mcpServers": {"a": {"command": "x", "trusted": "yes"}}}"#, "a.trusted", "expected true or false"),
        (#"{"mcpServers": {"a": {"command": "x", "disabled": 1}}}"#, "a.disabled", "expected true or false"),
        (#"{"mcpServers": {"a": {"url": "example.com"}}}"#, "a.url", "http:// or https://"),
        (#"{"mcpServers": {"a": {"url": "http://h", "headers": "X: 1"}}}"#, "a.headers", "expected an object of texts"),
        (#"{"mcpServers": {"a": {"url": "http://h", "headers": {"X": null}}}}"#, "a.headers.X", "expected a text"),
        (#"{"mcpServers": {"a": {"comand": "x"}}}"#, "a.comand", "args, command, cwd, disabled, env, headers, oauth, trusted, type, url"),
        (#"{"mcpServers": {"a.b": {"command": "x"}}}"#, "a.b", "1 to 64 characters, without dots and blanks"),
        (#"{"mcpServers": {"a b": {"command": "x"}}}"#, "a b", "1 to 64 characters"),
        (#"{"mcpServers": {"": {"command": "x"}}}"#, "", "1 to 64 characters"),
    ]) func whatIsWrongIsNamedWithItsPlaceAndWhatWouldBeRight(file: String, place: String, expected: String) throws {
        let error = try #require(try Self.error(file))
        #expect(error.hasPrefix(place.isEmpty ? "The list of servers: " : "The list of servers, \(place): "))
        #expect(error.contains(expected))
    }

    @Test func aNameOf65BytesIsTooLong() throws {
        #expect(try Self.error(#"{"mcpServers": {"\#(String(repeating: "x", count: 64))": {"command": "x"}}}"#) == nil)
        #expect(try Self.error(#"{"mcpServers": {"\#(String(repeating: "x", count: 65))": {"command": "x"}}}"#)?.contains("1 to 64") == true)
    }

    /// A misplaced secret is as secret as one in its place.
    @Test(arguments: [
        #"{"mcpServers": {"a": {"command": "x", "env": {"A": "s3cret", "B": 1}}}}"#,
        #"{"mcpServers": {"a": {"command": "x", "env": "s3cret"}}}"#,
        #"{"mcpServers": {"a": {"command": "x", "env": {"A": "s3cret${NO_SUCH}"}}}}"#,
        #"{"mcpServers": {"a": {"command": "x", "env": {"A": ["s3cret"]}}}}"#,
        #"{"mcpServers": {"a": {"url": "http://h", "headers": {"Authorization": "Bearer s3cret", "B": 2}}}}"#,
        #"{"mcpServers": {"a": {"url": "http://h", "headers": ["s3cret"]}}}"#,
        #"{"mcpServers": {"a": {"url": "s3cret"}}}"#,
        #"{"mcpServers": {"a": {"command": "x", "args": {"key": "s3cret"}}}}"#,
        #"{"mcpServers": {"a": {"command": "x", "url": "http://h", "env": {"A": "s3cret"}}}}"#,
    ]) func secretsAreNeverInAnError(file: String) throws {
        do {
            _ = try ServerList(json: try JSONValue(parsing: file), environment: [:])
            Issue.record("there is no error")
        } catch {
            for text in ["\(error)", String(reflecting: error), error.localizedDescription] { #expect(!text.contains("s3cret")) }
        }
    }

    // MARK: The file itself

    private static func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "servers-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        return try body(path)
    }

    @Test func theFileIsReadWithTheEnvironment() throws {
        try Self.withFile(#"{"mcpServers": {"a": {"command": "${PROGRAM}"}}}"#) { path in
            let servers = try ServerList(file: path, environment: ["PROGRAM": "query-server"]).servers
            #expect(servers.map(\.place) == [.process(command: "query-server", arguments: [], environment: [:], workingDirectory: nil)])
        }
    }

    @Test func aFileThatIsMissingOrNoJSONIsNamed() throws {
        #expect {
            try ServerList(file: "/no/such/servers.json", environment: [:])
        } throws: { error in
            "\(error)".contains("/no/such/servers.json") && "\(error)".contains("cannot be read; check the path and its permissions")
        }
        try Self.withFile("{\"mcpServers\": {\n  \"a\": {\"env\": {\"K\": \"s3cret\", }}}}") { path in
            _ = #expect {
                try ServerList(file: path, environment: [:])
            } throws: { error in
                "\(error)".contains(path) && "\(error)".contains("line 2") && !"\(error)".contains("s3cret")
            }
        }
    }
}
