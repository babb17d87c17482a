import ConformanceFixtures
import TestSupport
import Testing

@testable import MCPCore

/// A reader that remembers `_meta` says of every message what one says that remembers nothing.
@Suite(.timeLimit(.minutes(1))) struct MessageReaderTests {
    private static let usual =
        #"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"n","version":"1"},"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}"#

    private static func call(_ meta: String, id: Int = 1, arguments: String = #"{"message":"m"}"#) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","_meta":\#(meta),"arguments":\#(arguments)}}"#
    }

    /// The `_meta` that a reader finds in a message.
    private static func meta(_ message: String, _ reader: inout MessageReader) throws -> JSONObject {
        guard case .message(.request(let request)) = read(message, &reader) else { throw Counterexample(description: "no request: \(message)") }
        return try #require(request.params["_meta"]?.object)
    }

    private static func read(_ message: String, _ reader: inout MessageReader) -> JSONRPCInput { Array(message.utf8).withUnsafeBytes { reader.read($0) } }

    /// What becomes of a message, for comparison.
    private static func verdict(_ input: JSONRPCInput, _ classify: (JSONRPCRequest) -> EraVerdict) -> String {
        guard case .message(.request(let request)) = input else { return "" }
        switch classify(request) {
        case .perRequest(let peer):
            return "\(peer.revision) \(peer.clientInfo?.json ?? nil) \(peer.capabilities.json) \(peer.logLevel?.rawValue ?? "-") \(peer.principal?.id ?? "-")"
        case .handshake: return "handshake"
        case .refused(let error): return "\(error)"
        }
    }

    /// Messages with the same `_meta`, nearly the same, another one, and cut or damaged ones, one after the other.
    @Test func whatIsRememberedChangesNothing() {
        let configuration = ServerConfiguration(jsonLimits: JSONLimits(maximumDepth: 5, maximumBytes: 6 << 10))
        let classifier = RequestClassifier(configuration: configuration)
        let capabilities: [JSONValue] = [[:], ["elicitation": [:]], ["sampling": ["tools": [:]]], ["roots": nil], 3, ["experimental": ["deep": [[1]]]]]
        forSeeds(300) { random in
            var reader = MessageReader(configuration)
            var meta = Self.usual
            for id in 0..<12 {
                switch Int.random(in: 0..<5, using: &random) {
                case 0:
                    var members: JSONObject = [MetaKey.protocolVersion: "2026-07-28"]
                    members[MetaKey.clientCapabilities] = capabilities.randomElement(using: &random)
                    members[MetaKey.clientInfo] = ["name": .string(String.random(using: &random)), "version": "1"]
                    if Bool.random(using: &random) { members["filling"] = .string(String(repeating: "x", count: Int.random(in: 0...5000, using: &random))) }
                    meta = JSONValue.object(members).serializedString
                case 1: meta = meta.replacing(":", with: [" :", ": ", ":\n"].randomElement(using: &random) ?? ":", maxReplacements: 1)
                case 2: if let value = try? JSONValue(parsing: meta) { meta = JSONMutation.anything(value, using: &random).serializedString }
                default: break
                }
                var message = Self.call(meta, id: id)
                switch Int.random(in: 0..<8, using: &random) {
                case 0: message = message.replacing(#""name":"echo""#, with: #""_meta":\#(meta)"#)
                case 1: message = Self.call("{}", id: id, arguments: meta)
                case 2: message = "[\(message),\(message)]"
                case 3: message = #"{"params":[\#(meta),{"_meta":\#(meta)}],"_meta":\#(meta)}"#
                default: break
                }
                var bytes = Array(message.utf8)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                case 1: bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
                default: break
                }
                let expected = bytes.withUnsafeBytes { JSONRPCInput(parsing: $0, limits: configuration.jsonLimits) }
                let read = bytes.withUnsafeBytes { reader.read($0) }
                try hold(read == expected, "\(String(decoding: bytes, as: UTF8.self)): \(read), expected \(expected)")
                let (told, known) = (Self.verdict(expected, classifier.classify), Self.verdict(read) { reader.classify($0) })
                try hold(told == known, "\(String(decoding: bytes, as: UTF8.self)): \(known), expected \(told)")
            }
        }
    }

    @Test func theSameMetaIsTheSameValue() throws {
        var reader = MessageReader(ServerConfiguration())
        let first = try Self.meta(Self.call(Self.usual), &reader)
        #expect(try Self.meta(Self.call(Self.usual, id: 2, arguments: "{}"), &reader).isSame(as: first))
        // Equal, but of other bytes: it takes the place.
        let spaced = try Self.meta(Self.call(Self.usual.replacing(":", with: ": ")), &reader)
        #expect(spaced == first && !spaced.isSame(as: first))
        #expect(try !Self.meta(Self.call(Self.usual), &reader).isSame(as: first))
        // What is broken is not remembered, and nothing is forgotten for it.
        let kept = try Self.meta(Self.call(Self.usual), &reader)
        _ = Self.read(String(Self.call(#"{"a":1}"#).dropLast()), &reader)
        #expect(try Self.meta(Self.call(Self.usual), &reader).isSame(as: kept))
    }

    /// An empty `_meta` has no end of its own that something could be noted at: what comes behind it is not taken for it.
    @Test func anEmptyMetaIsNotTheObjectBehindIt() throws {
        var reader = MessageReader(ServerConfiguration())
        for _ in 0..<2 {
            for empty in ["{}", "{ }"] { #expect(try Self.meta(Self.call(empty, arguments: #"{"a":{}}"#), &reader) == [:]) }
        }
    }

    @Test func whatIsLongIsNotKept() throws {
        var reader = MessageReader(ServerConfiguration())
        func meta(of count: Int) -> String { #"{"a":"\#(String(repeating: "x", count: count - 8))"}"# }
        for (count, isKept) in [(RememberedMeta.greatestCount, true), (RememberedMeta.greatestCount + 1, false)] {
            let first = try Self.meta(Self.call(meta(of: count)), &reader)
            #expect(try Self.meta(Self.call(meta(of: count)), &reader).isSame(as: first) == isKept)
        }
    }

    /// The peer is made once for a `_meta`. Whoever changes the one that it got changes no other.
    @Test func thePeerOfAMetaHoldsNothingOfWhoeverUsedIt() throws {
        var reader = MessageReader(ServerConfiguration())
        func peer() throws -> Peer {
            guard case .message(.request(let request)) = Self.read(Self.call(Self.usual), &reader), case .perRequest(let peer) = reader.classify(request) else {
                throw Counterexample(description: "not of the per-request era")
            }
            return peer
        }
        let first = try peer()
        var mine = try peer()
        #expect(mine.isSame(as: first))
        mine.principal = Principal(id: "ada")
        mine.capabilities = ClientCapabilities()
        #expect(mine.principal?.id == "ada" && !mine.isSame(as: first))
        let other = try peer()
        #expect(other.isSame(as: first) && other.principal == nil && other.capabilities.elicitation != nil)
    }

    /// One connection can carry the messages of several people (HTTP+SSE), who all send the same `_meta`.
    @Test(arguments: [true, false]) func eachMessageHasItsOwnPrincipal(isPerRequest: Bool) async throws {
        let sink = TranscriptSink()
        let (inbound, input) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
        let server = Server("s", version: "1") {
            ServerTool(Tool(name: "who")) { _, context in CallToolResult(text: context.peer.principal?.id ?? "nobody") }
        }
        let connection = ServerConnection(server: server, sink: sink, principal: Principal(id: "owner"))
        let serving = Task {
            defer { sink.end() }
            try await connection.run(inbound)
        }
        let meta = isPerRequest ? #","_meta":\#(Self.usual)"# : ""
        func send(_ id: Int, _ people: Principal??) {
            let call = Array(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"who"\#(meta)}}"#.utf8)
            input.yield(people.map { .message(call, of: $0) } ?? .messages([call]))
        }
        if !isPerRequest {
            let opening =
                #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"n","version":"1"}}}"#
            input.yield(.messages([Array(opening.utf8)]))
        }
        let people: [Principal??] = [nil, Principal(id: "ada"), Principal(id: "eve"), .some(nil), Principal(id: "ada"), nil]
        for (index, person) in people.enumerated() { send(index + 1, person) }
        input.finish()
        var answers: [Int64: String] = [:]
        for await message in sink.messages {
            let answer = try JSONValue(parsing: message)
            if let id = answer["id"]?.integer, let text = answer["result"]?["content"]?[0]?["text"]?.string { answers[id] = text }
        }
        try await serving.value
        #expect(answers == [1: "owner", 2: "ada", 3: "eve", 4: "nobody", 5: "ada", 6: "owner"])
    }
}
