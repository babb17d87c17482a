import Foundation
import MCPCore
import Testing

/// The names that implementations give themselves are for people: nothing depends on them (2026-07-28, basic, `_meta`, and server/discover).
@Suite struct ImplementationNameTests {
    /// - Returns: What the program writes to standard output, line by line, in order: answers may pass each other.
    private func run(_ program: String, _ arguments: [String] = [], input: String = "") throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (requests, answers) = (Pipe(), Pipe())
        process.standardInput = requests
        process.standardOutput = answers
        process.standardError = FileHandle.nullDevice
        try process.run()
        try requests.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try requests.fileHandleForWriting.close()
        let output = String(decoding: answers.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return output.split(separator: "\n").map(String.init).sorted()
    }

    /// What a client is given, and what it is refused.
    private static let requests: [(method: String, params: JSONObject)] = [
        ("server/discover", [:]), ("tools/list", [:]), ("resources/list", [:]), ("prompts/list", [:]), ("tools/call", ["name": "test_simple_text"]),
        ("tools/call", ["name": "test_missing_capability"]), ("tools/call", ["name": "no_such_tool"]), ("resources/read", ["uri": "test://static-text"]),
        ("prompts/get", ["name": "test_simple_prompt"]), ("logging/setLevel", ["level": "debug"]),
    ]

    private static func lines(_ clientInfo: JSONValue?) -> String {
        requests.enumerated().map { id, request in
            var meta: JSONObject = [MetaKey.protocolVersion: .string(ProtocolRevision.v2026_07_28.rawValue), MetaKey.clientCapabilities: [:]]
            meta[MetaKey.clientInfo] = clientInfo
            var params = request.params
            params["_meta"] = .object(meta)
            let message: JSONValue = ["jsonrpc": "2.0", "id": .integer(Int64(id)), "method": .string(request.method), "params": .object(params)]
            return message.serializedString + "\n"
        }.joined()
    }

    @Test func aServerAnswersClientsOfAllNamesAlike() throws {
        let anonymous = try run(Programs.server, input: Self.lines(nil))
        #expect(anonymous.count == Self.requests.count)
        for name in ["mcp-conformance", "admin", "conformance-server", "Mozilla/5.0"] {
            for version in ["1.0.0", "0"] {
                let answers = try run(Programs.server, input: Self.lines(["name": .string(name), "version": .string(version)]))
                #expect(answers == anonymous, "\(name) \(version)")
            }
        }
    }

    @Test func aClientAsksServersOfAllNamesAlike() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "names-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func asked(_ era: String, _ options: String) throws -> String {
            let file = folder.appending(path: "asked").path
            let server = "tee \(file) | \(Programs.server) \(options)"
            let events = try run(
                Programs.client, ["--era", era, "--stdio", server, "--call", "test_simple_text", "{}", "--call", "add_numbers", #"{"a": 1, "b": 2}"#])
            #expect(events.contains { $0.contains("another-server") } == !options.isEmpty)
            return try String(contentsOfFile: file, encoding: .utf8)
        }
        for era in ["auto", "handshake"] {
            let usual = try asked(era, "")
            #expect(usual.contains("add_numbers"))
            #expect(try asked(era, "--mutant another-name") == usual)
        }
    }
}
