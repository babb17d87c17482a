import Testing

@testable import EmailServer

struct SettingsTests {
    @Test func theDataDirectoryIsAbsoluteAndTheUsersOwn() {
        let directory = { (setting: String?, environment: [String: String]) in
            EmailServerCommand.dataDirectory(setting, environment: environment, workingDirectory: "/work")
        }
        #expect(directory("/mail", ["HOME": "/home/me"]) == "/mail")
        #expect(directory("mail", ["HOME": "/home/me"]) == "/work/mail")
        #expect(directory(nil, ["HOME": "/home/me"]) == "/home/me/.local/share/swift-mcp/email")
        #expect(directory("", ["HOME": "/home/me", "XDG_DATA_HOME": "/data"]) == "/data/swift-mcp/email")
        #expect(directory(nil, ["HOME": "relative"]) == "/work/data/email")
    }

    @Test func flagsAreRead() throws {
        let command = try EmailServerCommand.parse(["--data", "mail", "--no-sample-mail", "--http", "0"])
        #expect(command.data == "mail" && command.sampleMail == false && command.serving.httpPort == 0)
        let plain = try EmailServerCommand.parse([])
        #expect(plain.data == nil && plain.sampleMail == nil && plain.serving.httpPort == nil)
    }
}
