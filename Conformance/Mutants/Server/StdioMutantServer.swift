import ConformanceFixtures
import Foundation
import MCPCore
import Synchronization

/// Serves the fixtures over the standard streams of this process with a fault in front of them.
public struct StdioMutantServer: Sendable {
    private let messages: MutantMessages
    private let isEmpty: Bool

    public init(_ mutant: ServerMutant) {
        messages = MutantMessages(mutations: mutant.mutations)
        isEmpty = mutant.isEmpty
    }

    /// Serves until standard input ends. Some mutants end the process.
    public func serve() async throws {
        let output = FileHandle(fileDescriptor: dup(STDOUT_FILENO), closeOnDealloc: true)
        // As the SDK's own transport has it: what is printed goes to standard error.
        if !messages.letsPrint { dup2(STDERR_FILENO, STDOUT_FILENO) }
        let asked = AskedRequests()
        let inbound = InboundQueue()
        let sink = MutantSink(output: output, messages: messages, asked: asked)
        let connection = ServerConnection(server: isEmpty ? FixtureServer.makeEmpty() : FixtureServer.make(), sink: sink)
        async let serving: Void = connection.run(inbound)
        for await line in Self.standardInput() {
            switch messages.fate(ofInput: line) {
            case .exit(let status): exit(status)
            case .drop: continue
            case .keep where messages.refusal(of: WireRequest()) != nil: try sink.refuse(line)
            case .keep: await inbound.push(.messages([mutated(line, asked)]))
            }
        }
        // At once: a server that is told to end would still say that its subscriptions have ended, also those whose cancellation it has not read yet.
        if case .exit(let status) = messages.fate(ofInput: nil) { exit(status) }
        inbound.finish()
        try await serving
    }

    private func mutated(_ line: [UInt8], _ asked: AskedRequests) -> [UInt8] {
        guard let json = try? JSONValue(parsing: line) else { return line }
        var request = WireRequest(body: json)
        asked.insert(request)
        messages.mutate(&request)
        return request.body == json ? line : request.body.serialized()
    }

    /// The lines of standard input, read on a thread of its own because that blocks.
    private static func standardInput() -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                var buffer: [UInt8] = []
                while case let data = FileHandle.standardInput.availableData, !data.isEmpty {
                    buffer += data
                    while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                        continuation.yield(Array(buffer[..<end]))
                        buffer.removeSubrange(...end)
                    }
                }
                continuation.finish()
            }
        }
    }
}

/// The requests that were asked, by their ids.
private final class AskedRequests: Sendable {
    private let requests = Mutex<[RequestID: WireRequest]>([:])

    func insert(_ request: WireRequest) {
        guard request.method != nil, let id = request.body["id"].flatMap({ try? RequestID(json: $0) }) else { return }
        requests.withLock { $0[id] = request }
    }

    func request(answeredBy message: [UInt8]) -> WireRequest {
        guard let id = (try? JSONValue(parsing: message))?["id"].flatMap({ try? RequestID(json: $0) }) else { return WireRequest() }
        return requests.withLock { $0[id] } ?? WireRequest()
    }
}

private final class MutantSink: MessageSink {
    /// One message is written at a time.
    private let output: Mutex<FileHandle>
    private let messages: MutantMessages
    private let asked: AskedRequests

    init(output: sending FileHandle, messages: MutantMessages, asked: AskedRequests) {
        self.output = Mutex(output)
        self.messages = messages
        self.asked = asked
    }

    func write(_ message: [UInt8]) async throws {
        let request = asked.request(answeredBy: message)
        guard let mutated = messages.mutate(message: message, of: request) else { return }
        try await messages.hold(request)
        // What was printed before a message comes before it.
        if messages.letsPrint { fflush(nil) }
        let line = mutated + [UInt8(ascii: "\n")]
        try writeLines(messages.repeats(message: message, of: request) ? line + line : line)
    }

    /// Answers a line that is no notification with what all are refused with.
    func refuse(_ line: [UInt8]) throws {
        let request = WireRequest(body: (try? JSONValue(parsing: line)) ?? .null)
        if request.method != nil, request.body["id"] == nil { return }
        guard let refusal = messages.refusal(of: request) else { return }
        try writeLines(refusal.bytes + [UInt8(ascii: "\n")])
    }

    private func writeLines(_ lines: [UInt8]) throws {
        try output.withLock { try $0.write(contentsOf: Data(lines)) }
    }
}
