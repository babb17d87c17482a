import Testing

@testable import MCPCore

/// Names of servers that show nothing of what they are made of.
@Suite struct ServerIdentityTests {
    /// Lengths on either side of where a block ends, of bytes that are `7 n + 1`; computed with another implementation (Python's hashlib).
    @Test(
        arguments: [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (3, "ce562c676ea7aba9812f54db146b0096011bf3e423edfb0a6f8fb2b02674a801"),
            (55, "16fa57a0a3423a715d594516339f36189d6b5f93754a9714fef202616a9fabfe"),
            (56, "c37b44e5f1b18554b36966f4f8e08bfbf3164c4b6c10374d12d89850892073c5"),
            (63, "bbba992d2c85af960fb2987a1fd05e0aa82a3db3c740dd8982a9e273b75e36a3"),
            (64, "66bd4633ed6f71c4ecfa4763bf7ba1c8ec7612de9aa6c0578a7b675207c71e0b"),
            (65, "9f7dc47107b750a1f3d35db5d9547f24ef40da5b731b9540d4f43710a154f6c9"),
            (119, "a3ed307b730fa77c07531300c6e4a282330011d4d4caf6bb7b63ae05950f4b66"),
            (128, "e462c130fef8c97e34f7dc3ff3ad2f8b3533ab849af21c10531552a2852387a4"),
            (200, "397276ea1f65a10cbd90e9d622ab533cf9fc4e14056fc9915feb8f4a52d47dc7"),
        ]) func digestsAreThoseOfSHA256(_ length: Int, _ digest: String)
    {
        var hash = SHA256()
        hash.update((0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) })
        let text = hash.finish().map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
        #expect(text == digest)
    }

    @Test func otherPartsAreOtherNames() {
        let parts: [[String]] = [[], [""], ["", ""], ["ab"], ["a", "b"], ["b", "a"], ["1:a"], ["a:1"], ["a", "1:b"], ["ä"]]
        #expect(Set(parts.map(ServerIdentity.digest)).count == parts.count)
        #expect(parts.map(ServerIdentity.digest).allSatisfy { $0.count == 64 })
    }

    /// What is kept for the next run holds no token of a URL or a command line.
    @Test func theErasThatAreKeptNameNoServer() {
        let cache = EraCache()
        cache["https://mcp.example/mcp?token=s3cret"] = .handshake
        cache["stdio:server --api-key s3cret"] = .perRequest
        #expect(cache.all.count == 2 && !cache.all.keys.contains { $0.contains("s3cret") || $0.contains("example") })
        let next = EraCache(cache.all)
        #expect(next["https://mcp.example/mcp?token=s3cret"] == .handshake)
        #expect(next["https://mcp.example/mcp?token=other"] == nil)
        next["https://mcp.example/mcp?token=s3cret"] = nil
        #expect(next.all.count == 1)
    }
}
