import Foundation
import MCPMacros
import MCPTransport
import Testing

/// What the README shows compiles, and does what it says.
@Suite struct ReadmeTests {
    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
    private static let readme = directory.appending(path: "../../README.md")

    /// The Swift examples of the README, without the manifest.
    private static func examples() throws -> [[String]] {
        let text = try String(contentsOf: readme, encoding: .utf8)
        return text.components(separatedBy: "```swift\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
            .filter { !$0.hasPrefix("dependencies:") }
            .map { $0.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } }
    }

    @Test(arguments: zip([0, 1], ["WeatherExample.swift", "AskingExample.swift"]))
    func everyLineOfAnExampleIsCompiled(index: Int, file: String) throws {
        let examples = try Self.examples()
        try #require(examples.count == 2)
        let source = try String(contentsOf: Self.directory.appending(path: file), encoding: .utf8)
        var compiled = source.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }[...]
        for line in examples[index] {
            guard let place = compiled.firstIndex(of: line) else {
                Issue.record("The README's line is not in \(file), or not in this order: \(line)")
                return
            }
            compiled = compiled[(place + 1)...]
        }
    }

    @Test func theWeatherServerAnswers() async throws {
        let server = Server("weather", version: "1.0.0") { Weather(api: .live) }
        try await withClient(.inProcess(server)) { client in
            let forecast: Forecast = try await client.call("forecast", ["city": "Lisbon"])
            #expect(forecast.temperature == 9)
            let tool = try #require(try await client.listTools().first)
            #expect(tool.inputSchema["properties"]?["city"]?["description"] == "City name, in any language.")
            #expect(tool.outputSchema?["properties"]?["temperature"]?["description"] == "Temperature in °C.")
        }
    }

    @Test(arguments: [EraSelection.handshake, .pinned(.v2026_07_28)])
    func theQuestionIsAskedInBothEras(era: EraSelection) async throws {
        let mailbox = ExampleMailbox(folders: ["old": 3])
        let server = Server("mail", version: "1.0.0") { MailTools(mailbox: mailbox) }
        var configuration = ClientConfiguration()
        configuration.era = era
        configuration.input.elicit = { request in
            #expect(request.message == "Delete 3 messages?")
            return .accept(["confirm": true])
        }
        try await withClient(.inProcess(server), configuration: configuration) { client in
            let result = try await client.callTool("delete", ["folder": "old"])
            #expect(result.text == "Deleted 3 messages.")
        }
        #expect(await mailbox.counted == 1)
    }
}
