import Foundation
import MCPCore
import Synchronization
import Testing

@testable import MCPHTTP

struct SealedRequestStateStoreTests {
    private static let old = [UInt8](repeating: 1, count: 32)
    private static let new = [UInt8](repeating: 2, count: 32)
    private let now = NowBox()

    private final class NowBox: Sendable {
        let value = Mutex<Int64>(1000)
    }

    private func store(_ keys: [[UInt8]]) throws -> SealedRequestStateStore {
        let environment = ServerEnvironment(now: { [now] in now.value.withLock(\.self) }, randomBytes: ServerEnvironment.system.randomBytes)
        return SealedRequestStateStore(
            keys: try keys.map(SealedRequestStateStore.Key.init), lifetime: .seconds(1), environment: environment)
    }

    @Test func whatIsSealedOpens() async throws {
        let store = try store([Self.new])
        let state = try await store.save([1, 2, 3], binding: [9])
        #expect(try await store.load(state, binding: [9]) == [1, 2, 3])
        #expect(try await store.save([1, 2, 3], binding: [9]) != state, "a nonce is used once")
    }

    @Test func keysCanBeReplaced() async throws {
        let before = try await store([Self.old]).save([7], binding: [])
        #expect(try await store([Self.new, Self.old]).load(before, binding: []) == [7])
        let after = try await store([Self.new, Self.old]).save([8], binding: [])
        #expect(try await store([Self.new]).load(after, binding: []) == [8])
        let without = try store([Self.new])
        await #expect(throws: RequestStateError.self) { try await without.load(before, binding: []) }
    }

    /// The fuzzing of `requestState` begins with states that open; without one it would never get behind the seal (`Fuzz/README.md`).
    @Test func theCorpusOfFuzzingHasStatesThatOpen() async throws {
        let store = try store([Array(0..<32)])
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fuzz/Corpus/state").standardizedFileURL
        var journals: [JSONValue] = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let state = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            if let journal = try? await store.load(state, binding: Array("binding".utf8)) { journals.append(try JSONValue(parsing: journal)) }
        }
        #expect(journals.contains { $0["steps"]?["count"]?.integer != nil })
    }

    @Test func itExpires() async throws {
        let store = try store([Self.new])
        let state = try await store.save([7], binding: [])
        now.value.withLock { $0 += 999 }
        #expect(try await store.load(state, binding: []) == [7])
        now.value.withLock { $0 += 1 }
        await #expect(throws: RequestStateError.self) { try await store.load(state, binding: []) }
    }

    @Test func itIsBound() async throws {
        let store = try store([Self.new])
        let state = try await store.save([7], binding: [1])
        await #expect(throws: RequestStateError.self) { try await store.load(state, binding: [2]) }
        await #expect(throws: RequestStateError.self) { try await store.load(state, binding: []) }
    }

    @Test func noByteCanBeChanged() async throws {
        let store = try store([Self.new])
        let sealed = try #require(Base64.decode(try await store.save([7, 8], binding: [1])))
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            await #expect(throws: RequestStateError.self) { try await store.load(Base64.encode(changed), binding: [1]) }
        }
        for state in ["", "AAAA", Base64.encode(sealed.dropLast()), Base64.encode(sealed + [0])] {
            await #expect(throws: RequestStateError.self) { try await store.load(state, binding: [1]) }
        }
    }

    @Test(arguments: [0, 16, 31, 33]) func keysHave32Bytes(_ count: Int) {
        #expect(throws: SealedRequestStateStore.KeyError.self) {
            try SealedRequestStateStore.Key(bytes: [UInt8](repeating: 0, count: count))
        }
    }
}
