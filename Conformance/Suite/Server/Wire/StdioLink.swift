import MCPCore
import Synchronization

/// A launched process: messages are lines on its standard streams.
final class StdioLink: ServerLink {
    struct Ended: Error, CustomStringConvertible {
        let errorTail: String
        var description: String {
            "the server closed its standard output" + (errorTail.isEmpty ? "" : "; its standard error ends with: \(errorTail.suffix(500))")
        }
    }

    private struct State {
        /// In the order in which they were sent.
        var open: [Exchange] = []
        /// The one that an error without id belongs to.
        weak var malformed: Exchange?
        var isEnded = false
    }

    let process: ServerProcess
    private let run: ScenarioRun
    private let stray: Exchange
    private let state = Mutex(State())
    private let reader = Mutex<Task<Void, Never>?>(nil)

    init(command: String, run: ScenarioRun) throws {
        self.run = run
        process = try ServerProcess(command)
        stray = Exchange(method: nil, id: nil, head: nil, run: run)
        // Unstructured, because it reads as long as the process lives: its output ends with it.
        let task = Task { [weak self, process] in
            while let output = try? await process.output.next() { self?.take(output) }
            self?.end()
        }
        reader.withLock { $0 = task }
    }

    func open(_ request: JSONValue, _ context: LinkContext) async throws -> Exchange {
        let exchange = try expect(request)
        try await send(request, context)
        return exchange
    }

    /// The exchange of a request that someone else writes.
    /// - Parameter isMalformed: Whether the request is one that may be answered with an error that has no id.
    func expect(_ request: JSONValue, isMalformed: Bool = false) throws -> Exchange {
        let exchange = Exchange(method: request["method"]?.string, id: request["id"], isMalformed: isMalformed, head: nil, run: run)
        let isEnded = state.withLock { state in
            if !state.isEnded {
                state.open.append(exchange)
                if isMalformed { state.malformed = exchange }
            }
            return state.isEnded
        }
        if isEnded { throw Ended(errorTail: process.errorTail) }
        exchange.whenClosed { [weak self, weak exchange] in if let exchange { self?.forget(exchange) } }
        return exchange
    }

    func send(_ message: JSONValue, _ context: LinkContext) async throws {
        run.sent(message)
        try await process.write(message.serialized() + [UInt8(ascii: "\n")])
    }

    func listen(_ context: LinkContext) async throws -> Exchange? { stray }

    func close(_ context: LinkContext) async {
        await process.end()
        // What it has written last is looked at too, unless something that it has left behind holds the pipe.
        let reader = reader.withLock { $0 }
        let patience = Task { [process] in
            try await Task.sleep(for: .seconds(1))
            process.output.finish()
        }
        await reader?.value
        patience.cancel()
    }

    private func forget(_ exchange: Exchange) { state.withLock { $0.open.removeAll { $0 === exchange } } }

    private func take(_ output: ServerProcess.Output) {
        switch output {
        case .line(let bytes):
            do {
                let json = try JSONValue(parsing: bytes)
                guard let batch = json.array else { return route(json) }
                let isBatch = run.revision.hasBatches && !batch.isEmpty
                // What is no batch is held against the schema as a whole.
                if !isBatch { run.received(json) }
                for message in batch { route(message, isJudged: !isBatch) }
            } catch {
                run.receivedGarbage("a line on standard output that is no JSON: \(error) in \(String(decoding: bytes.prefix(200), as: UTF8.self))")
            }
        case .rest(let bytes):
            run.receivedGarbage("standard output ends without a line feed after \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        }
    }

    /// Hands a message to the request that it belongs to: by its id, its progress token, its subscription; else to the one that was sent last.
    private func route(_ message: JSONValue, isJudged: Bool = false) {
        let (open, malformed) = state.withLock { ($0.open, $0.malformed) }
        let isResponse = message["method"] == nil
        let answered = isResponse ? message["id"].flatMap { id in open.first { $0.id == id } } : nil
        let subscribed = message["params"]?["_meta"]?[MetaKey.subscriptionID].flatMap { id in open.first { $0.id == id } }
        let hasNoRequest = message["error"] != nil && message["id"] ?? .null == .null
        let exchange = hasNoRequest ? malformed ?? stray : answered ?? subscribed ?? open.last ?? stray
        if isJudged { exchange.pass(message) } else { exchange.deliver(message) }
        guard let answered, !hasNoRequest else { return }
        answered.finish()
        forget(answered)
    }

    private func end() {
        let open = state.withLock { state in
            defer { (state.open, state.isEnded) = ([], true) }
            return state.open
        }
        for exchange in open + [stray] { exchange.finish(throwing: Ended(errorTail: process.errorTail)) }
    }
}
