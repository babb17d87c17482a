import MCPCore
import Synchronization
import TestSupport
import Testing

/// Lists that come in pages, with and without a cache (2026-07-28, server/utilities/pagination and server/utilities/caching).
@Suite(.timeLimit(.minutes(1))) struct ClientListTests {
    /// A list whose pages and answers a test sets: what is asked for is kept.
    private final class Pages: Sendable {
        struct State {
            /// By cursor; the first page has none.
            var pages: [String?: JSONObject] = [:]
            var asked: [String?] = []
        }
        private let state = Mutex(State())
        let time = StandingClock()
        let cache: ResponseCache

        init() { cache = ResponseCache(clock: ClientClock(time)) }

        var asked: [String?] { state.withLock(\.asked) }

        /// - Parameter hint: `ttlMs`, where there is one.
        func set(_ cursor: String?, _ names: [String], next: String? = nil, ttl hint: JSONValue? = 1_000_000) {
            var page: JSONObject = [
                "resultType": "complete", "cacheScope": "private", "prompts": .array(names.map { ["name": .string($0)] }),
            ]
            page["nextCursor"] = next.map(JSONValue.string)
            page["ttlMs"] = hint
            state.withLock { $0.pages[cursor] = page }
        }

        func remove(_ cursor: String?) { state.withLock { _ = $0.pages.removeValue(forKey: cursor) } }

        func client(_ revision: ProtocolRevision = .latest) async throws -> Client {
            try await scriptedClient(revision, capabilities: ["prompts": [:]], configuration: ClientConfiguration(responseCache: cache)) { [self] call in
                let cursor = call.request.params["cursor"]?.string
                let page = state.withLock { state in
                    state.asked.append(cursor)
                    return state.pages[cursor]
                }
                guard let page else { throw JSONRPCError(.invalidParams, "Invalid params: the cursor is not one of this list") }
                return page
            }.0
        }
    }

    @Test(arguments: bothEras) func anEmptyCursorIsACursor(_ revision: ProtocolRevision) async throws {
        let pages = Pages()
        pages.set(nil, ["a"], next: "", ttl: nil)
        pages.set("", ["b"], ttl: nil)
        let client = try await pages.client(revision)
        #expect(try await client.listPrompts().map(\.name) == ["a", "b"])
        #expect(pages.asked == [nil, ""])
    }

    @Test(arguments: [nil, -1, -1_000_000, 0, "soon", 0.5] as [JSONValue?]) func aTimeThatIsMissingOrNoneKeepsNothing(_ hint: JSONValue?) async throws {
        let pages = Pages()
        pages.set(nil, ["a"], ttl: hint)
        let client = try await pages.client()
        for _ in 1...2 { #expect(try await client.listPrompts().map(\.name) == ["a"]) }
        #expect(pages.asked == [nil, nil])
        #expect(pages.cache.count == 0)
    }

    @Test func eachPageIsKeptForItsOwnTime() async throws {
        let pages = Pages()
        pages.set(nil, ["a"], next: "2", ttl: 10_000)
        pages.set("2", ["b"], next: "3", ttl: 2_000)
        pages.set("3", ["c"], ttl: 10_000)
        let client = try await pages.client()
        for _ in 1...2 { #expect(try await client.listPrompts().map(\.name) == ["a", "b", "c"]) }
        #expect(pages.asked == [nil, "2", "3"])
        pages.time.advance(by: .seconds(2))
        // Only the page whose time is over is asked for, with its cursor.
        pages.set("2", ["b2"], next: "3", ttl: 2_000)
        #expect(try await client.listPrompts().map(\.name) == ["a", "b2", "c"])
        #expect(pages.asked == [nil, "2", "3", "2"])
    }

    @Test func aCursorThatIsRefusedDiscardsThePagesAndBeginsAnew() async throws {
        let pages = Pages()
        pages.set(nil, ["a"], next: "2", ttl: 10_000)
        pages.set("2", ["b"], ttl: 2_000)
        let client = try await pages.client()
        #expect(try await client.listPrompts().map(\.name) == ["a", "b"])
        pages.time.advance(by: .seconds(2))
        // The list has changed, and with it all cursors.
        pages.remove("2")
        pages.set(nil, ["A"], next: "new", ttl: 10_000)
        pages.set("new", ["B"], ttl: 10_000)
        #expect(try await client.listPrompts().map(\.name) == ["A", "B"])
        #expect(pages.asked == [nil, "2", "2", nil, "new"])
        #expect(try await client.listPrompts().map(\.name) == ["A", "B"])
        #expect(pages.asked.count == 5)
    }

    @Test func aListThatRefusesItsOwnCursorsIsAnError() async throws {
        let pages = Pages()
        pages.set(nil, ["a"], next: "gone")
        let client = try await pages.client()
        let error = await #expect(throws: JSONRPCError.self) { _ = try await client.listPrompts() }
        #expect(error?.code == .invalidParams)
        #expect(pages.asked == [nil, "gone", nil, "gone"])
    }

    @Test func whoeverTakesPagesOneByOneIsToldThatTheyEnd() async throws {
        let pages = Pages()
        pages.set(nil, ["a"], next: "gone")
        let client = try await pages.client()
        var names: [String] = []
        let error = await #expect(throws: JSONRPCError.self) { for try await prompt in client.prompts() { names.append(prompt.name) } }
        #expect(error?.code == .invalidParams && names == ["a"])
        // Nothing of it is kept.
        #expect(pages.cache.count == 0)
    }
}
