import Foundation
import MCPCore
import Testing

@testable import MCPAuthorization

@Suite struct FileCredentialStoreTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func keepsAndForgets() async throws {
        try await withFolder { folder in
            let store = FileCredentialStore(path: folder + "/deep/credentials.json")
            #expect(try await store.load(.tokens(server: "s")) == nil)
            try await store.save(["a": 1], for: .tokens(server: "s"))
            try await store.save(["b": 2], for: .registration(issuer: "s"))
            let other = FileCredentialStore(path: folder + "/deep/credentials.json")
            #expect(try await other.load(.tokens(server: "s")) == ["a": 1])
            #expect(try await other.load(.registration(issuer: "s")) == ["b": 2])
            try await other.save(nil, for: .tokens(server: "s"))
            #expect(try await store.load(.tokens(server: "s")) == nil)
            #expect(try await store.load(.registration(issuer: "s")) == ["b": 2])
            #expect(try mode(folder + "/deep") == 0o700)
            #expect(try mode(folder + "/deep/credentials.json") == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/deep").sorted() == ["credentials.json", "credentials.json.lock"])
        }
    }

    @Test func writersDoNotLoseEachOthersValues() async throws {
        try await withFolder { folder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { try await FileCredentialStore(path: folder + "/c").save(["n": .integer(Int64(number))], for: .tokens(server: "\(number)")) }
                }
                try await group.waitForAll()
            }
            for number in 0..<20 {
                #expect(try await FileCredentialStore(path: folder + "/c").load(.tokens(server: "\(number)")) == ["n": .integer(Int64(number))])
            }
        }
    }

    @Test func aFileThatOthersCanReadIsNotUsed() async throws {
        try await withFolder { folder in
            let store = FileCredentialStore(path: folder + "/c")
            try await store.save(["a": 1], for: .tokens(server: "s"))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/c")
            await #expect(throws: AuthorizationError.storage("\(folder)/c can be read by others than its owner; make it private with: chmod 600 \(folder)/c")) {
                try await store.load(.tokens(server: "s"))
            }
        }
    }

    @Test func aBrokenFileIsLeftAlone() async throws {
        try await withFolder { folder in
            let store = FileCredentialStore(path: folder + "/c")
            try await store.save(["a": 1], for: .tokens(server: "s"))
            try Data("{\"token\": \"secret".utf8).write(to: URL(fileURLWithPath: folder + "/c"))
            for attempt in [{ _ = try await store.load(.tokens(server: "s")) }, { try await store.save(["b": 1], for: .tokens(server: "s")) }] {
                await #expect(throws: AuthorizationError.storage("\(folder)/c holds no JSON object; move it away to start anew")) { try await attempt() }
            }
            #expect(FileManager.default.contents(atPath: folder + "/c") == Data("{\"token\": \"secret".utf8))
        }
    }
}
