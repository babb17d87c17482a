import MCPMacros
import Synchronization
import Testing

// snippet: begin
func ratesServer(reads: Counter) -> Server {
    Server("rates", version: "1.0.0") {
        ServerResource(Resource(uri: "rates://today", name: "today")) { _ in
            let contents = ResourceContents(uri: "rates://today", text: "read \(reads.next()) times")
            // Everybody gets the same, and it is good for a minute.
            return ReadResourceResult([contents], cache: CacheHint(ttlMilliseconds: 60_000, scope: .public))
        }
    }
}

func readTwice(_ server: Server) async throws -> [ResourceContents] {
    var configuration = ClientConfiguration()
    configuration.responseCache = ResponseCache()
    return try await withClient(.inProcess(server), configuration: configuration) { client in
        let first = try await client.readResource("rates://today").contents
        return first + (try await client.readResource("rates://today").contents)
    }
}
// snippet: end

final class Counter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

@Suite struct CachingExamples {
    @Test func runs() async throws {
        let texts = try await readTwice(ratesServer(reads: Counter())).map(\.body)
        #expect(texts == [.text("read 1 times"), .text("read 1 times")])
    }
}
