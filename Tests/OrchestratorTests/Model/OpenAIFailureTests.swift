import Foundation
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import Orchestrator

/// What the reader is told when the model's endpoint does not do its part.
struct OpenAIFailureTests {
    private static func answering(_ status: Int, headers: [String: String] = [:], _ body: JSONValue) async throws -> ModelDialogue {
        try await ModelDialogue.run { _, line in try await line.answer(status, headers: headers, body) }
    }

    private static func streaming(_ text: String, silenceLimit: Int = 30, then: @escaping FakeEndpoint.Script = { _, _ in }) async throws -> ModelDialogue {
        try await ModelDialogue.run(silenceLimit: silenceLimit) { request, line in
            try await line.head()
            try await line.write(text.utf8)
            try await then(request, line)
        }
    }

    // MARK: Statuses

    @Test(arguments: [401, 403]) func aRefusedKeyIsSaid(status: Int) async throws {
        let dialogue = try await Self.answering(status, ["error": ["message": "Incorrect API key."]])
        #expect(dialogue.failure == .refusedKey(status: status, message: "Incorrect API key."))
        #expect(dialogue.failure?.description.contains("OPENAI_API_KEY") == true && dialogue.failure?.isPassing == false)
    }

    @Test func anUnknownModelNamesAddressAndModel() async throws {
        let dialogue = try await Self.answering(404, ["error": ["message": "The model does not exist"]])
        #expect(dialogue.failure == .notFound(address: dialogueAddress(dialogue), model: "test-model", message: "The model does not exist"))
        let text = dialogue.failure?.description ?? ""
        #expect(text.contains("test-model") && text.contains("OPENAI_BASE_URL") && text.contains("OPENAI_MODEL"))
    }

    private func dialogueAddress(_ dialogue: ModelDialogue) -> String {
        if case .notFound(let address, _, _) = dialogue.failure, address.hasPrefix("http://127.0.0.1:") { address } else { "" }
    }

    @Test func aLimitSaysWhenItEnds() async throws {
        let seconds = try await Self.answering(429, headers: ["Retry-After": "17"], ["error": ["message": "Slow down"]])
        #expect(seconds.failure == .limited(retryAfter: 17, message: "Slow down"))
        #expect(seconds.failure?.description.contains("in 17 seconds") == true && seconds.failure?.isPassing == true)
        let unsaid = try await Self.answering(429, ["message": "Slow down"])
        #expect(unsaid.failure == .limited(retryAfter: nil, message: "Slow down"))
        let past = try await Self.answering(429, headers: ["Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"], [:])
        #expect(past.failure == .limited(retryAfter: 0, message: nil))
        let odd = try await Self.answering(429, headers: ["Retry-After": "soon"], [:])
        #expect(odd.failure == .limited(retryAfter: nil, message: nil))
    }

    @Test func retryAfterMayBeADate() throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        let inAnHour = try #require(OpenAIModel.seconds(retryAfter: format.string(from: Date(timeIntervalSinceNow: 3600))))
        #expect((3000...3601).contains(inAnHour))
    }

    @Test(arguments: [500, 503]) func aFailingEndpointIsSaid(status: Int) async throws {
        let dialogue = try await Self.answering(status, headers: ["Retry-After": "1"], ["error": "overloaded"])
        #expect(dialogue.failure == .endpointFailed(status: status, retryAfter: 1, message: "overloaded"))
        #expect(dialogue.failure?.description.contains("Ask again in 1 second.") == true && dialogue.failure?.isPassing == true)
    }

    @Test func aBodyThatIsNoJSONIsLeftOut() async throws {
        let dialogue = try await ModelDialogue.run { _, line in
            try await line.write("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>nginx</h1>".utf8)
        }
        #expect(dialogue.failure == .endpointFailed(status: 502, retryAfter: nil, message: nil))
    }

    @Test func aLongMessageIsShortened() async throws {
        let dialogue = try await Self.answering(400, ["error": ["message": .string(String(repeating: "x", count: 5000))]])
        guard case .refusedRequest(400, let message) = dialogue.failure else {
            Issue.record("\(String(describing: dialogue.error))")
            return
        }
        #expect(message?.count == 300)
        let inside = try await Self.streaming("data: {\"error\":{\"message\":\"\(String(repeating: "x", count: 5000))\"}}\n\n")
        #expect((inside.failure?.description.count ?? 5000) < 500)
    }

    @Test func aRedirectionIsNotFollowed() async throws {
        let dialogue = try await Self.answering(307, headers: ["Location": "http://127.0.0.1:9/elsewhere"], [:])
        #expect(dialogue.failure == .refusedRequest(status: 307, message: nil))
        #expect(dialogue.requests.count == 1)
    }

    // MARK: In the middle of the stream

    @Test(arguments: [
        "", Chunk.text("Half"), Chunk.text("Half") + "data: {\"choices\":[{\"del",
        Chunk.text("Half") + Chunk.call(0, id: "a", name: "send", arguments: "{"),
    ]) func aCutStreamIsSaidAndItsTextStands(sent: String) async throws {
        let dialogue = try await Self.streaming(sent)
        #expect(dialogue.failure == .cut && dialogue.failure?.isPassing == true)
        #expect(dialogue.events == (sent.isEmpty ? [] : [.text("Half")]))
        let inAChunk = try await ModelDialogue.run { _, line in
            try await line.chunkedHead()
            try await line.chunk(sent.isEmpty ? ": hi\n".utf8 : sent.utf8)
            try await line.write("ff\r\ndata".utf8)
        }
        #expect(inAChunk.failure == .cut && inAChunk.text == dialogue.text)
        let beforeTheHead = try await ModelDialogue.run { _, _ in }
        #expect(beforeTheHead.failure == .cut)
    }

    @Test func anErrorInsideTheStreamIsSaid() async throws {
        let dialogue = try await Self.streaming(
            Chunk.text("Half") + "data: {\"error\":{\"message\":\"The engine is overloaded\",\"code\":503}}\n\n")
        #expect(dialogue.failure == .endpointFailed(status: 503, retryAfter: nil, message: "The engine is overloaded"))
        #expect(dialogue.events == [.text("Half")])
        let plain = try await Self.streaming("data: {\"error\":\"no memory\"}\n\n")
        #expect(plain.failure == .endpointFailed(status: 500, retryAfter: nil, message: "no memory"))
    }

    @Test func whatIsNoCompletionIsSaid() async throws {
        let garbage = try await Self.streaming("data: <html>\n\n")
        guard case .unreadable = garbage.failure else {
            Issue.record("\(String(describing: garbage.error))")
            return
        }
        let page = try await ModelDialogue.run { _, line in
            try await line.head("text/html")
            try await line.write("<html>Welcome</html>".utf8)
        }
        #expect(page.failure != nil && page.events.isEmpty)
        let noHTTP = try await ModelDialogue.run { _, line in try await line.write("SSH-2.0-OpenSSH_9.2\r\n".utf8) }
        #expect(noHTTP.failure != nil)
        let nameless = try await Self.streaming(Chunk.call(0, id: "a", arguments: "{}") + Chunk.event(delta: [:], finish: "tool_calls"))
        #expect(nameless.failure == .unreadable("a tool call without a name") && nameless.calls.isEmpty)
    }

    /// The endpoint writes until nobody takes it any more: a model that never refuses would never let it end.
    @Test func anEndlessLineIsBounded() async throws {
        let written = Mutex(0)
        let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        let dialogue = try await Self.streaming("data: ") { _, line in
            while !Task.isCancelled {
                try await line.write(block)
                written.withLock { $0 += block.count }
            }
        }
        #expect(dialogue.failure == .unreadable("an event of more than 4 MiB"))
        // What is on its way in buffers comes on top.
        #expect(written.withLock(\.self) < 64 << 20)
    }

    @Test func manyDataLinesOfOneEventAreBoundedToo() throws {
        var parser = EventStreamParser(limit: 1000)
        #expect(throws: EventStreamParser.TooLong.self) {
            for _ in 0..<2000 { _ = try parser.take("data: 0123456789\n".utf8) }
        }
        var patient = EventStreamParser(limit: 1000)
        for _ in 0..<2000 { #expect(try patient.take("data: 0123456789\n\n".utf8).count == 1) }
    }

    @Test func anEndlessUnstreamedAnswerIsBounded() async throws {
        let block = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 16)
        let dialogue = try await ModelDialogue.run { _, line in
            try await line.head("application/json")
            while !Task.isCancelled { try await line.write(block) }
        }
        #expect(dialogue.failure == .unreadable("an answer of more than 4 MiB"))
    }

    // MARK: No answer at all

    @Test func aRefusedConnectionNamesTheAddress() async throws {
        let port = try DeafPort()
        let address = "http://127.0.0.1:\(port.number)/v1"
        let dialogue = await ModelDialogue.ask(at: address)
        #expect(dialogue.failure == .unreachable(address: address, reason: "nothing listens there"))
        #expect(dialogue.failure?.description.contains("OPENAI_BASE_URL") == true && dialogue.failure?.isPassing == true)
        withExtendedLifetime(port) {}
    }

    @Test(arguments: ["http://", "ftp://127.0.0.1/v1", "http://no-such-host.invalid/v1"]) func anAddressThatCannotBeReachedIsNamed(address: String) async {
        let dialogue = await ModelDialogue.ask(at: address)
        guard case .unreachable(address, _) = dialogue.failure else {
            Issue.record("\(String(describing: dialogue.error))")
            return
        }
    }

    @Test func silenceEndsTheTurn() async throws {
        let atTheStart = try await ModelDialogue.run(silenceLimit: 1) { _, line in try await line.untilClosed() }
        guard case .silent(_, 1) = atTheStart.failure else {
            Issue.record("\(String(describing: atTheStart.error))")
            return
        }
        // Where even the first piece comes too late, the turn has ended before it: then once more.
        for attempt in 1...30 {
            let inTheMiddle = try await Self.streaming(Chunk.text("Half"), silenceLimit: 1) { _, line in try await line.untilClosed() }
            guard case .silent(_, 1) = inTheMiddle.failure else {
                Issue.record("\(String(describing: inTheMiddle.error))")
                return
            }
            if inTheMiddle.events.isEmpty, attempt < 30 { continue }
            #expect(inTheMiddle.events == [.text("Half")])
            break
        }
    }

    // MARK: Check

    @Test func theCheckSaysWhatIsWrongAndTakesAnyOtherAnswer() async throws {
        func check(_ status: Int) async throws -> (ModelFailure?, [FakeEndpoint.Received]) {
            try await FakeEndpoint.serving { _, line in
                try await line.answer(status, ["error": ["message": "no"]])
            } _: { endpoint in
                var failure: ModelFailure?
                await ModelDialogue.withModel(at: endpoint.address) { failure = await $0.check() }
                return (failure, endpoint.requests)
            }
        }
        let (none, requests) = try await check(200)
        #expect(none == nil && requests.first?.path == "/v1/models" && requests.first?.headers["authorization"] == "Bearer \(ModelDialogue.key)")
        #expect(try await check(404).0 == nil)
        #expect(try await check(401).0 == .refusedKey(status: 401, message: "no"))
        #expect(try await check(503).0 == .endpointFailed(status: 503, retryAfter: nil, message: "no"))
    }
}
