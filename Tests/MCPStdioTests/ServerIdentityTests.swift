import MCPCore
import MCPStdio
import Testing

/// What caches take for one server.
@Suite struct ServerIdentityTests {
    /// The same program with another environment or in another directory may be another account, or another database.
    @Test func whatAProcessIsStartedWithMakesTheServer() {
        func identity(_ arguments: [String] = ["a"], _ environment: [String: String] = ["TOKEN": "t"], _ directory: String? = "/") -> String? {
            StdioClientTransport(command: "server", arguments: arguments, environment: environment, workingDirectory: directory).serverIdentity
        }
        let all = [
            identity(), identity(["b"]), identity(["a", "b"]), identity(["a", "/"], [:], nil), identity(["a"], ["TOKEN": "u"]), identity(["a"], ["OTHER": "t"]),
            identity(["a"], ["TOKEN": "t", "OTHER": "t"]), identity(["a"], ["TOKEN": "t"], "/tmp"), identity(["a"], ["TOKEN": "t"], nil),
            StdioClientTransport(command: "other", arguments: ["a"], environment: ["TOKEN": "t"], workingDirectory: "/").serverIdentity,
            StdioClientTransport(command: "server", arguments: ["a"], environment: ["TOKEN": "t"], inheriting: .empty, workingDirectory: "/").serverIdentity,
        ]
        #expect(Set(all).count == all.count && !all.contains(nil))
        #expect(identity() == identity())
        #expect(identity(["a"], ["B": "1", "A": "2"]) == identity(["a"], ["A": "2", "B": "1"]))
    }

    @Test func anIdentityShowsNoSecret() throws {
        let transport = StdioClientTransport(command: "server", arguments: ["--api-key", "s3cret"], environment: ["TOKEN": "t0ken"])
        let identity = try #require(transport.serverIdentity)
        #expect(!identity.contains("s3cret") && !identity.contains("t0ken"))
    }
}
