import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// The key stays where it belongs: in one header, on one line.
struct OpenAISecretTests {
    /// Everything that an error may be turned into on its way to a page or a log.
    private static func texts(_ error: any Error) -> [String] {
        var dumped = ""
        dump(error, to: &dumped)
        return ["\(error)", String(describing: error), String(reflecting: error), error.localizedDescription, dumped]
    }

    private static func expectNoKey(_ dialogue: ModelDialogue, _ key: String = ModelDialogue.key, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let error = dialogue.error else {
            Issue.record("there is no error", sourceLocation: sourceLocation)
            return
        }
        for text in texts(error) { #expect(!text.contains(key), sourceLocation: sourceLocation) }
    }

    @Test(arguments: [400, 401, 403, 404, 429, 500, 503]) func anEchoedKeyIsTakenOutOfAnAnswer(status: Int) async throws {
        let echo = "The key \(ModelDialogue.key) is wrong (\(ModelDialogue.key))"
        for body: JSONValue in [["error": ["message": .string(echo)]], ["error": .string(echo)], ["message": .string(echo)]] {
            let dialogue = try await ModelDialogue.run { _, line in try await line.answer(status, body) }
            Self.expectNoKey(dialogue)
            #expect(dialogue.failure?.description.contains("The key … is wrong (…)") == true)
        }
    }

    /// A message that is cut after 300 characters must not keep the beginning of the key.
    @Test func aKeyAcrossTheEndOfAShortenedMessageIsTakenOutToo() async throws {
        let echo = String(repeating: "x", count: 290) + ModelDialogue.key
        let dialogue = try await ModelDialogue.run { _, line in try await line.answer(400, ["error": .string(echo)]) }
        Self.expectNoKey(dialogue, String(ModelDialogue.key.prefix(6)))
    }

    @Test func anEchoedKeyIsTakenOutOfAnErrorInsideTheStream() async throws {
        let echo = "Rejected \(ModelDialogue.key)"
        for event: JSONValue in [["error": ["message": .string(echo)]], ["error": .string(echo)]] {
            let dialogue = try await ModelDialogue.run { _, line in
                try await line.head()
                try await line.write("data: \(event.serializedString)\n\n".utf8)
            }
            Self.expectNoKey(dialogue)
            #expect(dialogue.failure?.description.contains("Rejected …") == true)
        }
        let whole = try await ModelDialogue.run { _, line in try await line.answer(200, ["error": ["message": .string(echo)]]) }
        Self.expectNoKey(whole)
    }

    @Test func anEchoedKeyIsNotInOtherErrors() async throws {
        let key = ModelDialogue.key
        let echoes: [FakeEndpoint.Script] = [
            { _, line in try await line.write("\(key) \(key)\r\n\r\n".utf8) },
            { _, line in try await line.write("HTTP/1.1 200 OK\r\n\(key)\r\n\r\n".utf8) },
            { _, line in
                try await line.head()
                try await line.write("data: \(key)\n\n".utf8)
            },
            { _, line in
                try await line.head()
                try await line.write("data: {\"\(key)\":\n\n".utf8)
            },
            { _, line in
                try await line.head()
                try await line.write("\(key)".utf8)
            },
            { _, line in try await line.write("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\(key)\r\nContent-Length: 0\r\n\r\n".utf8) },
        ]
        for echo in echoes { Self.expectNoKey(try await ModelDialogue.run(script: echo)) }
    }

    @Test func aKeyThatNoHeaderTakesIsNotShown() async throws {
        let key = "sk-first-line\nsecond"
        let dialogue = try await ModelDialogue.run(key: key) { _, line in try await line.answer(200, [:]) }
        Self.expectNoKey(dialogue, "second")
        Self.expectNoKey(dialogue, "sk-first-line")
        #expect(dialogue.requests.isEmpty)
    }

    @Test func neitherSettingsNorModelPrintIt() async {
        // One of its own: the client's event loops, which are shown too, may be sending those of other tests.
        let key = "sk-printed-0123456789abcdef"
        let settings = OpenAIModel.Settings(baseURL: "http://127.0.0.1:1/v1", key: Secret(key), model: "m")
        var texts = ["\(settings)", String(reflecting: settings)]
        var dumped = ""
        dump(settings, to: &dumped)
        texts.append(dumped)
        await ModelDialogue.withModel(at: settings.baseURL, key: key) { model in
            texts += ["\(model)", String(reflecting: model)]
            dump(model, to: &dumped)
        }
        for text in texts + [dumped] { #expect(!text.contains(key)) }
        #expect(texts[0].contains("(secret)"))
    }
}
